#include "open_index.h"

#include "base/error.h"
#include "io/file.h"

namespace imsearch {

Index open_index(const std::string& path, IndexAccess access) {
  if (!file_exists(path))
    fail("{}: no such file: build-index makes an index, -i says where it is",
         path);
  return Index(path, access);
}

std::vector<std::string> files_of(const Index& index) {
  std::vector<std::string> files = {index.path()};
  if (index.vectors() != nullptr)
    for (const VectorFile& file : index.vectors()->files())
      files.push_back(file.path());
  return files;
}

}  // namespace imsearch
