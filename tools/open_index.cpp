#include "open_index.h"

#include "base/error.h"
#include "io/file.h"

namespace imsearch {

Index open_index(const std::string& path, Access access) {
  if (!file_exists(path))
    fail("{}: no such file: build-index makes an index, -i says where it is",
         path);
  return Index(path, access);
}

}  // namespace imsearch
