// Any bytes are either an HDF5 file whose layers, as Keras names them, can be
// read, or make its reader throw Error.
#include "base/error.h"
#include "embed/hdf5_file.h"
#include "embed/weights.h"
#include "support/memory_file.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace imsearch;
using imsearch::test::memory_file;

constexpr std::size_t kMaxNames = 20;
constexpr std::size_t kMaxNameBytes = 100;
constexpr std::size_t kMaxValues = 10'000;

template <typename Read>
void expect_value_or_error(const Read& read) {
  try {
    read();
  } catch (const Error&) {
    return;
  }
}

void read_floats(const Hdf5File& file, const std::string& dataset) {
  std::size_t count = 1;
  for (const std::size_t extent : file.shape(dataset)) {
    if (extent > kMaxValues) return;
    count *= extent;
    if (count > kMaxValues) return;
  }
  file.floats(dataset, count);
}

/// What the reader of weights does, of fewer layers.
void read_layers(const Hdf5File& file, const std::string& root) {
  if (!file.has_attribute(root, "layer_names")) return;
  for (const std::string& name :
       file.strings(root, "layer_names", kMaxNames, kMaxNameBytes))
    expect_value_or_error([&] {
      for (const std::string& weight :
           file.strings(root + name, "weight_names", kMaxNames, kMaxNameBytes))
        expect_value_or_error(
            [&] { read_floats(file, root + name + "/" + weight); });
    });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::string& path = memory_file(bytes);
  expect_value_or_error([&] {
    const Hdf5File file(path);
    expect_value_or_error([&] { read_layers(file, "/"); });
    expect_value_or_error([&] { read_layers(file, "/model_weights/"); });
  });
  expect_value_or_error([&] { read_keras_weights(path); });
  return 0;
}
