// Any bytes are either a file of vectors, of each format that there is, whose
// every value can be read, or make its reader throw Error.
#include "base/error.h"
#include "index/vector_set.h"
#include "io/fvecs.h"
#include "io/npy.h"
#include "support/memory_file.h"

#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace imsearch;
using imsearch::test::memory_file;

/// Links to the file in memory, for the format is told by the name.
class NamedFormats {
 public:
  NamedFormats() {
    std::string folder =
        (std::filesystem::temp_directory_path() / "fuzz-XXXXXX").string();
    if (::mkdtemp(folder.data()) == nullptr) std::abort();
    folder_ = folder;
    for (const char* format :
         {"bin", "fvecs", "fbin", "u8bin", "i8bin", "npy"}) {
      paths_.push_back(folder_ + "/v." + format);
      std::filesystem::create_symlink(memory_file(""), paths_.back());
    }
  }
  ~NamedFormats() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  NamedFormats(const NamedFormats&) = delete;
  NamedFormats& operator=(const NamedFormats&) = delete;

  const std::vector<std::string>& paths() const { return paths_; }

 private:
  std::string folder_;
  std::vector<std::string> paths_;
};

void read_all(const std::string& path, std::size_t dim, std::size_t size) {
  try {
    const VectorFile file(path, dim);
    // Each value takes a byte.
    if (file.dim() == 0 || file.rows() > size / file.dim()) std::abort();
    std::vector<float> values(file.dim());
    float sum = 0;
    for (std::size_t row = 0; row < file.rows(); ++row) {
      const float* at = file.row(row, values.data());
      for (std::size_t i = 0; i < file.dim(); ++i) sum += at[i];
    }
    volatile float kept = sum;
    static_cast<void>(kept);
    fingerprint(file, file.rows());
    const VectorSet set({path}, dim);
    for (std::size_t row = 0; row < set.rows(); ++row)
      set.read_unit(row, values.data());
  } catch (const Error&) {
    return;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  static const NamedFormats formats;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  memory_file(bytes);
  for (const std::string& path : formats.paths()) {
    read_all(path, 0, size);
    read_all(path, 3, size);
  }
  try {
    const NpyHeader header = parse_npy_header(bytes, "npy");
    if (header.first_byte > size) std::abort();
  } catch (const Error&) {
    return 0;
  }
  return 0;
}
