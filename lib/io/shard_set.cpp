#include "io/shard_set.h"

#include "base/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

namespace imsearch {
namespace {

constexpr std::size_t kShownRanges = 8;

bool is_shard(const DescribedFile& file) {
  return file.sidecar && file.sidecar->shard;
}

const ListPart& part(const DescribedFile& file) {
  return *file.sidecar->shard;
}

bool same_list(const DescribedFile& a, const DescribedFile& b) {
  return *a.sidecar->list == *b.sidecar->list;
}

/// The numbers from 1 to `count` that no shard has which could belong to
/// `first`: "shards 2 and 4 to 6 are missing"; empty if there are none.
std::string missing_shards(const std::vector<DescribedFile>& files,
                           const DescribedFile& first) {
  const std::size_t count = part(first).count;
  std::vector<std::size_t> there;
  for (const DescribedFile& file : files)
    if (is_shard(file) && part(file).count == count && same_list(file, first))
      there.push_back(part(file).index);
  std::sort(there.begin(), there.end());
  there.push_back(count + 1);
  std::vector<std::string> ranges;
  std::size_t next = 1;
  for (const std::size_t index : there) {
    if (index == next + 1)
      ranges.push_back(std::to_string(next));
    else if (index > next)
      ranges.push_back(fmt::format("{} to {}", next, index - 1));
    next = std::max(next, index + 1);
  }
  if (ranges.empty()) return "";
  if (ranges.size() == 1 && ranges[0].find(' ') == std::string::npos)
    return fmt::format("shard {} is missing", ranges[0]);
  std::string last = ranges.back();
  ranges.pop_back();
  if (ranges.size() >= kShownRanges) {
    ranges.resize(kShownRanges);
    last = "others";
  }
  return fmt::format("shards {}{}{} are missing", fmt::join(ranges, ", "),
                     ranges.empty() ? "" : " and ", last);
}

[[noreturn]] void fail_set(const std::vector<DescribedFile>& files,
                           const DescribedFile& first,
                           const DescribedFile& misplaced) {
  const std::size_t count = part(first).count;
  for (const DescribedFile& file : files)
    if (is_shard(file) && part(file).count == count && !same_list(file, first))
      fail(
          "{}: shard {} of a list of {} images, but {} is shard {} of another "
          "list, of {}: extract all shards again from one list, which a file "
          "for --files-from keeps",
          file.path, part(file).index, file.sidecar->list->images, first.path,
          part(first).index, first.sidecar->list->images);
  const std::string missing = missing_shards(files, first);
  if (!missing.empty())
    fail(
        "{}: shard {} of {}, but {}: give all of them, in order (extract "
        "--shard makes those that are missing, extract --join one file of all)",
        first.path, part(first).index, count, missing);
  fail(
      "{}: shard {} of {} does not belong there: give shards 1 to {} in order, "
      "each once",
      misplaced.path, part(misplaced).index, part(misplaced).count, count);
}

/// Passes the shards that begin with files[begin]. Gives the end of them.
std::size_t check_set(const std::vector<DescribedFile>& files,
                      std::size_t begin) {
  const DescribedFile& first = files[begin];
  const std::size_t count = part(first).count;
  for (std::size_t i = 0; i < count; ++i) {
    if (begin + i >= files.size()) fail_set(files, first, first);
    const DescribedFile& file = files[begin + i];
    if (!is_shard(file)) fail_set(files, first, first);
    if (part(file).count != count || part(file).index != i + 1 ||
        !same_list(file, first))
      fail_set(files, first, file);
  }
  return begin + count;
}

}  // namespace

void check_shards(const std::vector<DescribedFile>& files) {
  for (std::size_t i = 0; i < files.size();)
    i = is_shard(files[i]) ? check_set(files, i) : i + 1;
}

}  // namespace imsearch
