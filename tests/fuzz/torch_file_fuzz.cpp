// Any bytes are either a file of torch.save whose every tensor of floating
// point numbers can be read, or make its reader throw Error.
#include "base/error.h"
#include "support/memory_file.h"
#include "weights/torch_file.h"
#include "weights/zip_writer.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace imsearch;
using imsearch::test::memory_file;
using imsearch::test::zip_of;

/// The machine that wrote it, in the old container: little-endian.
constexpr char kOldHead[] =
    "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19."
    "\x80\x02M\xe9\x03."
    "\x80\x02}X\x0d\0\0\0little_endian\x88s.";

void read_tensor(const TorchFile& file, const std::string& name,
                 std::size_t file_bytes) {
  try {
    // An element takes at least a byte; a zip may unpack to 16 times its size.
    if (file.floats(name).size() > 16 * file_bytes) std::abort();
  } catch (const Error&) {
    return;
  }
}

void read(std::string_view bytes) {
  try {
    const TorchFile file(memory_file(bytes));
    for (const auto& entry : file.entries())
      read_tensor(file, entry.first, bytes.size());
  } catch (const Error&) {
    return;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  read(bytes);
  // Once more as the pickle of a zip whose checksums are right.
  read(zip_of({{"a/data.pkl", std::string(bytes)},
               {"a/data/0", std::string(24, '\0')},
               {"a/data/1", std::string(2, '\0'), true},
               {"a/data/2", std::string(8, '\0')}}));
  // And behind a head of the old container, so that what follows gets
  // its share.
  read(std::string(kOldHead, sizeof kOldHead - 1).append(bytes));
  return 0;
}
