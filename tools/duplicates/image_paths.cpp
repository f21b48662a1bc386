// A name is tried for each of a sample of rows first, since mostly the first
// one is there; and for all, since a single image that is there can be deleted.
#include "duplicates/image_paths.h"

#include "archive/archive_name.h"
#include "base/interrupt.h"
#include "index/vector_set.h"
#include "io/file.h"
#include "io/folder.h"

#include <algorithm>
#include <string_view>

namespace imsearch {
namespace {

constexpr std::size_t kSample = 1000;

std::string joined(const std::string& folder, std::string_view name) {
  if (folder.empty() || name.empty() || name[0] == '/')
    return std::string(name);
  return join_path(folder, std::string(name));
}

bool is_there(const std::string& path) {
  return file_exists(path) || member_path(path).has_value();
}

/// Whether an image of the rows from `begin` to `end` is in `folder`.
bool any_in(const std::string& folder, const Index& index, std::size_t begin,
            std::size_t end) {
  const auto there = [&](std::size_t row) {
    check_interrupt();
    return is_there(
        joined(folder, index.name(static_cast<std::uint32_t>(row))));
  };
  for (const std::uint32_t row : spread_over(end - begin, kSample))
    if (there(begin + row)) return true;
  for (std::size_t row = begin; row < end; ++row)
    if (there(row)) return true;
  return false;
}

}  // namespace

ImagePaths::ImagePaths(const Index& index) {
  const std::vector<std::string> vectors = index.source_paths();
  std::size_t begin = 0;
  for (std::size_t i = 0; i < vectors.size(); ++i) {
    const std::size_t end = begin + index.info().sources[i].rows;
    std::string folder = parent_folder(vectors[i]);
    if (folder == ".") folder.clear();
    bool there = any_in(folder, index, begin, end);
    if (!there && !folder.empty()) {
      folder.clear();
      there = any_in(folder, index, begin, end);
    }
    any_there_ = any_there_ || there;
    ends_.push_back(end);
    folders_.push_back(folder);
    begin = end;
  }
}

std::size_t ImagePaths::source_of(std::uint32_t row) const {
  const auto source = std::upper_bound(ends_.begin(), ends_.end(), row);
  return static_cast<std::size_t>(source - ends_.begin());
}

std::string ImagePaths::path_of(std::uint32_t row,
                                std::string_view name) const {
  return path_in(source_of(row), name);
}

std::string ImagePaths::path_in(std::size_t source,
                                std::string_view name) const {
  return joined(folders_.at(source), name);
}

}  // namespace imsearch
