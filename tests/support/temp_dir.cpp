#include "support/temp_dir.h"

#include "base/error.h"

#include <stdlib.h>

#include <cerrno>
#include <filesystem>
#include <fstream>

namespace imsearch::test {

TempDir::TempDir() {
  path_ = (std::filesystem::temp_directory_path() / "imsearch-XXXXXX").string();
  if (::mkdtemp(path_.data()) == nullptr)
    fail("{}: {}", path_, errno_text(errno));
}

TempDir::~TempDir() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string TempDir::operator/(const std::string& name) const {
  return path_ + "/" + name;
}

std::string TempDir::write(const std::string& name,
                           const std::string& bytes) const {
  std::string file = *this / name;
  std::filesystem::create_directories(
      std::filesystem::path(file).parent_path());
  std::ofstream stream(file, std::ios::binary);
  stream << bytes;
  if (!stream.flush()) fail("{}: cannot be written", file);
  return file;
}

}  // namespace imsearch::test
