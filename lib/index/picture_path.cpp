#include "index/picture_path.h"

#include "io/file.h"
#include "io/folder.h"

#include <vector>

namespace imsearch {

std::string picture_path(const Index& index, std::uint32_t row) {
  std::string name(index.name(row));
  if (name.empty() || name.front() == '/') return name;
  const std::vector<IndexSource>& sources = index.info().sources;
  const std::vector<std::string> paths = index.source_paths();
  std::size_t end = 0;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    end += sources[i].rows;
    if (row >= end) continue;
    const std::string folder = parent_folder(paths[i]);
    if (folder == ".") return name;
    std::string path = join_path(folder, name);
    return file_exists(path) ? path : name;
  }
  return name;
}

}  // namespace imsearch
