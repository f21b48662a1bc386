// An index that is replaced by a new one: what was deleted from it must not
// come back, and what it alone has is told.
#include "build_index/older_index.h"

#include "common/cli.h"
#include "common/index_remarks.h"

#include "base/progress.h"
#include "index/build.h"
#include "index/deletions.h"
#include "index/index_changes.h"
#include "io/file.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace imsearch {
namespace {

/// The rows of an index that were deleted since their images were gone. One
/// that records none of them, as older versions wrote it, has the same rows as
/// the ledger, unless the vectors were replaced since.
std::vector<std::uint32_t> gone_then(const Index& old,
                                     const IndexInputs& inputs) {
  const std::vector<IndexSource>& sources = old.info().sources;
  bool same_rows = sources.size() <= inputs.vectors.files().size();
  for (std::size_t i = 0; same_rows && i < sources.size(); ++i) {
    const VectorFile& file = inputs.vectors.files()[i];
    const bool may_be_behind = i + 1 == sources.size();
    same_rows = (file.rows() == sources[i].rows ||
                 (may_be_behind && file.rows() > sources[i].rows)) &&
                fingerprint(file, sources[i].rows) == sources[i].fingerprint;
  }
  return same_rows ? gone_with(old, inputs.gone) : old.info().gone;
}

/// Whether a file that an index was built from is among `vectors`, by its name
/// or its rows.
bool has_source(const VectorSet& vectors, const std::string& path,
                const IndexSource& source) {
  const std::vector<VectorFile>& files = vectors.files();
  return std::any_of(files.begin(), files.end(), [&](const VectorFile& file) {
    return same_place(file.path(), path) ||
           (file.rows() >= source.rows && file.dim() == vectors.dim() &&
            fingerprint(file, source.rows) == source.fingerprint);
  });
}

/// Changes whose index is gone go with the next one that is put in its place.
void say_orphan_changes(const std::string& path) {
  const std::string changes = changes_path(path);
  if (!file_exists(path) && file_exists(changes))
    cli::say(fmt::format(
        "{}: changes of an index that is not there any more: they are removed, "
        "and images deleted from it, if any, are indexed again",
        changes));
}

/// Rows that the older index at `path` has deleted, rising.
std::vector<std::uint32_t> deletions_in(const std::string& path,
                                        const IndexInputs& inputs, bool quiet) {
  if (!is_index(path)) {
    say_orphan_changes(path);
    return {};
  }
  KeptDeletions kept;
  try {
    const Index old(path);
    cli::say_foreign_changes(old);
    if (old.deleted_rows() == 0) return {};
    old.verify();
    kept = kept_deletions(old, inputs.vectors, inputs.names,
                          gone_then(old, inputs));
  } catch (const Interrupted&) {
    throw;
  } catch (const Error& e) {
    // To build it again is the remedy.
    cli::say(fmt::format(
        "{}: images deleted from it, if any, are indexed again", e.what()));
    return {};
  }
  if (!quiet && !kept.rows.empty()) {
    const bool one = kept.rows.size() == 1;
    cli::say(
        fmt::format("{}: {} {} deleted: --restore-deleted indexes {} again",
                    path, counted(kept.rows.size(), "row"),
                    one ? "stays" : "stay", one ? "it" : "them"));
  }
  if (kept.changed > 0)
    cli::say(fmt::format(
        "{}: {} the name of a deleted image, but other vectors: {} not deleted",
        path,
        kept.changed == 1 ? "1 row has" : grouped(kept.changed) + " rows have",
        kept.changed == 1 ? "it is" : "they are"));
  return std::move(kept.rows);
}

}  // namespace

void say_dropped_files(const std::string& path, const IndexInputs& inputs) {
  if (!is_index(path)) return;
  try {
    const Index old(path);
    const std::vector<std::string> sources = old.source_paths();
    for (std::size_t i = 0; i < sources.size(); ++i)
      if (!has_source(inputs.vectors, sources[i], old.info().sources[i]))
        cli::say(fmt::format(
            "{}: its {} of {} are dropped, since that file is not given now: "
            "name all files of vectors, and of their names, to keep them",
            path, counted(old.info().sources[i].rows, "row"), sources[i]));
  } catch (const Interrupted&) {
    throw;
  } catch (const Error&) {
    // What is wrong with it, whoever looks for its deletions says.
  }
}

bool is_index(const std::string& path) {
  return is_regular_file(path) && read_prefix(path, 8) == "IMSEARCH";
}

std::vector<std::uint32_t> deletions_to_keep(const std::string& path,
                                             const IndexInputs& inputs,
                                             bool quiet) {
  const std::vector<std::uint32_t> deleted = deletions_in(path, inputs, quiet);
  std::vector<std::uint32_t> all;
  std::set_union(deleted.begin(), deleted.end(), inputs.gone.begin(),
                 inputs.gone.end(), std::back_inserter(all));
  return all;
}

}  // namespace imsearch
