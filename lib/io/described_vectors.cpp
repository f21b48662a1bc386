// Opens files of vectors and holds them against their sidecars: dimension,
// model and count of rows of each, then whether shards are all there. Sidecars
// are read first and vectors are mapped last, so that the error that a user
// sees is about what differs, and not about a size that follows from it.
// Between the first look and the last, extract may put new files in place:
// SettledVectors (io/commit_mark.h) notices.
#include "io/described_vectors.h"

#include "base/command.h"
#include "base/error.h"
#include "io/file.h"

#include <fmt/format.h>

#include <algorithm>

namespace imsearch {
namespace {

constexpr std::size_t kShownRanges = 8;

// What the sidecar of a shard says. All but is_shard() need a file that is one.
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
  // A last one behind the end closes the last range.
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

/// Says why the shards that begin with `first` are not a whole set, the
/// likeliest cause first: a shard of another list, then one that is missing,
/// and otherwise one at the wrong place, `misplaced`.
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
        "{}: shard {} of {}, but {}: give all of them, in order ({} makes "
        "those "
        "that are missing, {} one file of all)",
        first.path, part(first).index, count, missing,
        command("extract --shard"), command("extract --join"));
  fail(
      "{}: shard {} of {} does not belong there: give shards 1 to {} in order, "
      "each once",
      misplaced.path, part(misplaced).index, part(misplaced).count, count);
}

/// Passes the shards that begin with files[begin], which must be all of one
/// list in their order. Gives the index behind the last of them.
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

/// A file of more rows was added to by hand, and one of fewer was cut off:
/// either way names no longer stand beside their rows.
void check_rows(const VectorFile& file, const Sidecar& said) {
  if (!said.rows || *said.rows == file.rows()) return;
  const std::string sidecar = sidecar_path(file.path());
  if (file.rows() > *said.rows)
    fail(
        "{}: {} rows, but {} says {}: rows are added by {} and files joined by "
        "{}, which keep them in step",
        file.path(), file.rows(), sidecar, *said.rows,
        command("extract --append"), command("extract --join"));
  fail(
      "{}: {} rows, but {} says {}: rows are lost, or the sidecar is that of "
      "another file: get the whole file, or extract it again",
      file.path(), file.rows(), sidecar, *said.rows);
}

}  // namespace

void check_shards(const std::vector<DescribedFile>& files) {
  for (std::size_t i = 0; i < files.size();)
    i = is_shard(files[i]) ? check_set(files, i) : i + 1;
}

DescribedVectors::DescribedVectors(const std::vector<std::string>& paths,
                                   std::size_t dim, const std::string& dim_from)
    : settled_(paths.begin(), paths.end()), dim_(dim), dim_from_(dim_from) {
  std::vector<DescribedFile> described;
  for (const std::string& path : paths) {
    described.push_back({path, read_sidecar(path)});
    if (const std::optional<Sidecar>& said = described.back().sidecar)
      compare(sidecar_path(path), *said);
  }
  check_shards(described);
  for (const DescribedFile& each : described) {
    files_.emplace_back(each.path,
                        files_.empty() ? dim_ : files_.front().dim());
    if (each.sidecar) check_rows(files_.back(), *each.sidecar);
    sidecars_.push_back(each.sidecar);
  }
}

/// The first sidecar that says something, or --dim, sets what all others must
/// say.
void DescribedVectors::compare(const std::string& sidecar,
                               const Sidecar& said) {
  if (dim_ != 0 && said.dim != dim_)
    fail("{}: rows of {} floats, but {} has {}", sidecar, said.dim, dim_from_,
         dim_);
  if (!same_model(model_, said.model))
    fail("{}: made by {}, but {} by {}: one index holds rows of one model",
         sidecar, describe_beside(model_, said.model), model_from_,
         describe_beside(said.model, model_));
  if (dim_ == 0) {
    dim_ = said.dim;
    dim_from_ = sidecar;
  }
  if (!model_.known() && said.model.known()) {
    model_ = said.model;
    model_from_ = sidecar;
  }
}

void DescribedVectors::check_settled() const {
  for (const SettledVectors& each : settled_) each.check();
}

}  // namespace imsearch
