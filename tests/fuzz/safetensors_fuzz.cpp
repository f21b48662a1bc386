// Any bytes are either a safetensors file whose every tensor can be read, or
// make its reader throw Error.
#include "base/error.h"
#include "support/memory_file.h"
#include "weights/metadata.h"
#include "weights/safetensors.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace {

using namespace imsearch;
using imsearch::test::memory_file;

template <typename Read>
void expect_value_or_error(const Read& read) {
  try {
    read();
  } catch (const Error&) {
    return;
  }
}

void read_all(std::string_view bytes) {
  expect_value_or_error([&] {
    const SafetensorsFile file(memory_file(bytes));
    for (const auto& entry : file.entries())
      expect_value_or_error([&, &name = entry.first] { file.floats(name); });
    Weights weights;
    apply_metadata(file.metadata(), "fuzzed", weights);
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  read_all(bytes);
  // Once more with a length that fits, so that the header gets its share.
  const std::uint64_t header = bytes.rfind('}') + 1;
  std::string framed(sizeof header, '\0');
  std::memcpy(framed.data(), &header, sizeof header);
  framed += bytes;
  read_all(framed);
  return 0;
}
