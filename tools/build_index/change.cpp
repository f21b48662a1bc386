// build-index --append and --delete: under a lock, so that no concurrent change
// is lost, a file of changes is written beside the index; or a new index, which
// is renamed over the old one.
#include "build_index/change.h"

#include "build_index/inputs.h"
#include "common/cli.h"
#include "common/index_remarks.h"
#include "common/progress_line.h"

#include "base/command.h"
#include "base/progress.h"
#include "base/stopwatch.h"
#include "index/append_few.h"
#include "index/build.h"
#include "index/deletions.h"
#include "index/estimate.h"
#include "index/index_changes.h"
#include "io/file.h"
#include "io/file_lock.h"
#include "io/text.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace imsearch {
namespace {

/// The files that the index was built from come first, as they were, but that
/// the last of them may have grown.
void check_old_vectors(const Index& index, const VectorSet& vectors) {
  const std::vector<IndexSource>& sources = index.info().sources;
  if (vectors.files().size() < sources.size())
    fail("{}: built from {} of vectors: give them all, new ones last",
         index.path(), counted(sources.size(), "file"));
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const VectorFile& file = vectors.files()[i];
    const std::size_t rows = sources[i].rows;
    if (file.rows() < rows)
      fail("{}: {}, but {} was built from {}", file.path(),
           counted(file.rows(), "row"), index.path(), grouped(rows));
    if (fingerprint(file, rows) != sources[i].fingerprint)
      fail("{}: changed since {} was built: rows can only be appended",
           file.path(), index.path());
    if (file.rows() > rows && i + 1 < sources.size())
      fail("{}: grew from {} rows to {}, but rows of {} come behind it",
           file.path(), rows, file.rows(), vectors.files()[i + 1].path());
  }
}

/// Names are in the index: a list that changed would call rows otherwise than
/// query does. With a ledger, which knows rows by more than their names, they
/// are images that were moved: gives how many.
std::size_t count_renamed(const Index& index, const IndexInputs& inputs) {
  std::size_t renamed = 0;
  for (std::uint32_t row = 0; row < index.rows(); ++row) {
    const std::string_view name = inputs.names[row];
    if (name == index.name(row)) continue;
    if (!inputs.has_ledger)
      fail("row {} is called {}, but {} in {}", row, escape_field(name),
           escape_field(index.name(row)), index.path());
    ++renamed;
  }
  return renamed;
}

std::size_t count_marked(const Index& index, const IndexInputs& inputs) {
  std::size_t marked = 0;
  for (const std::uint32_t row : inputs.gone)
    if (row >= index.rows() || !index.is_deleted(row)) ++marked;
  return marked;
}

/// Whether the index records all rows that the ledger says are gone: also of
/// those that --delete had marked before.
bool knows_gone(const Index& index, const std::vector<std::uint32_t>& gone) {
  const std::vector<std::uint32_t>& known = index.info().gone;
  return std::includes(known.begin(), known.end(), gone.begin(), gone.end());
}

/// Names and deletions alone.
void revise(const Index& index, const IndexInputs& inputs, std::size_t renamed,
            std::size_t marked, bool quiet) {
  if (renamed > 0)
    revise_index(index, inputs.names, inputs.gone);
  else if (!knows_gone(index, inputs.gone))
    mark_gone(index, inputs.gone);
  if (quiet) return;
  if (renamed + marked == 0)
    return cli::say(fmt::format("{}: nothing to add: all {} are there{}",
                                index.path(), counted(index.rows(), "row"),
                                deleted_text(index.deleted_rows())));
  cli::say(fmt::format("{}: {} renamed, {} more marked as deleted",
                       index.path(), counted(renamed, "row"), grouped(marked)));
}

/// Codes of one model mean nothing to vectors of another.
void check_model(const Index& index, const IndexInputs& inputs) {
  const ModelIdentity& model = index.info().model;
  if (inputs.model.known() && !same_model(model, inputs.model))
    fail(
        "{}: made by {}, but the vectors by {}: one index holds rows of one "
        "model",
        index.path(), describe_beside(inputs.model, model),
        describe_beside(model, inputs.model));
  if (inputs.vectors.dim() != index.dim())
    fail("{}: rows of {} floats, but the vectors have {}", index.path(),
         index.dim(), inputs.vectors.dim());
}

/// Without the lock, two concurrent changes would each rewrite the old index,
/// and one would be lost.
FileLock lock_index(const std::string& path, bool quiet) {
  const cli::ProgressLine line("waits for another change of it", 0, quiet);
  if (!file_exists(path))
    fail("{}: no such index: without --append or --delete, {} makes one", path,
         command("build-index"));
  FileLock lock(path);
  if (!lock.held())
    cli::say(
        fmt::format("{}: its file system has no locks: of two --append or "
                    "--delete at once, one would be lost",
                    path));
  return lock;
}

/// A damaged index must not get checksums of its damage. One that stays as it
/// is, with changes beside it, keeps those that tell.
Index open_whole(const std::string& path, bool quiet) {
  const cli::ProgressLine line("checks the index", 0, quiet);
  Index index(path);
  cli::say_foreign_changes(index);
  if (can_have_changes(index))
    index.verify_names();
  else
    index.verify();
  return index;
}

/// Rows that the index has deleted since their images were gone, and whose
/// images the ledger has again. Without a ledger nothing tells of them.
std::vector<std::uint32_t> rows_that_came_back(const Index& index,
                                               const IndexInputs& inputs) {
  std::vector<std::uint32_t> back;
  const std::vector<std::uint32_t>& known = index.info().gone;
  if (inputs.has_ledger)
    std::set_difference(known.begin(), known.end(), inputs.gone.begin(),
                        inputs.gone.end(), std::back_inserter(back));
  return back;
}

/// The index at `path`, which suits the vectors, with the rows in it whose
/// images have come back.
Index open_to_append(const std::string& path, const IndexInputs& inputs,
                     bool quiet) {
  Index index = open_whole(path, quiet);
  {
    const cli::ProgressLine line("compares index and vectors", 0, quiet);
    check_model(index, inputs);
    check_old_vectors(index, inputs.vectors);
  }
  const std::vector<std::uint32_t> back = rows_that_came_back(index, inputs);
  if (back.empty()) return index;
  {
    const cli::ProgressLine line("writes the index", 0, quiet);
    if (can_have_changes(index)) index.verify();
    bring_back(index, back);
  }
  if (!quiet)
    cli::say(fmt::format(
        "{}: {} found again", path,
        back.size() == 1 ? "1 row is" : grouped(back.size()) + " rows are"));
  return Index(path);
}

/// The rows of an index by their names, for the names of a list.
class RowFinder {
 public:
  RowFinder(const Index& index, const Names& list) : index_(&index) {
    std::unordered_set<std::string> wanted;
    for (std::size_t i = 0; i < list.size(); ++i) {
      wanted.emplace(list[i]);
      wanted.insert(unescape_field(list[i]));
    }
    std::string name;
    for (std::uint32_t row = 0; row < index.rows(); ++row) {
      name = index.name(row);
      if (wanted.count(name) > 0) rows_.emplace(index.name(row), row);
    }
  }

  /// Adds the rows of `name` to `found`. False, with a complaint, if there are
  /// none, or if it may be either of two images.
  bool find(std::string_view name, Separator separator,
            std::vector<std::uint32_t>& found) const {
    const std::string shown = unescape_field(name);
    auto [begin, end] = rows_.equal_range(name);
    if (begin == end) {
      std::tie(begin, end) = rows_.equal_range(shown);
    } else if (separator != Separator::kNul && shown != name &&
               rows_.count(shown) > 0) {
      // The list may hold names as they are or as query prints them.
      cli::say(fmt::format(
          "{}: is the name of one image in {}, and another's as query prints "
          "it: name the first {}, or end names with NUL (-0)",
          name, index_->path(), escape_field(name)));
      return false;
    }
    if (begin == end) {
      cli::say(fmt::format("{}: no image of that name in {}",
                           escape_field(name), index_->path()));
      return false;
    }
    for (; begin != end; ++begin) found.push_back(begin->second);
    return true;
  }

 private:
  const Index* index_;
  std::unordered_multimap<std::string_view, std::uint32_t> rows_;
};

}  // namespace

std::string deleted_text(std::size_t rows) {
  return rows == 0 ? "" : fmt::format(", {} marked as deleted", grouped(rows));
}

void append_rows(const std::string& path, const IndexInputs& inputs,
                 unsigned threads, bool quiet) {
  const Stopwatch watch;
  const FileLock lock = lock_index(path, quiet);
  const Index index = open_to_append(path, inputs, quiet);
  std::optional<cli::ProgressLine> line;
  line.emplace("compares index and vectors", 0, quiet);
  const std::size_t renamed = count_renamed(index, inputs);
  const std::size_t marked = count_marked(index, inputs);
  const auto report_added = [&] {
    if (quiet) return;
    cli::say(fmt::format("{}: {} added to {}{}, {}", path,
                         counted(inputs.vectors.rows() - index.rows(), "row"),
                         grouped(index.rows()),
                         deleted_text(index.deleted_rows() + marked),
                         human_duration(watch.seconds())));
  };
  const std::size_t more = inputs.vectors.rows() - index.rows();
  if (more == 0 && can_have_changes(index)) {
    line.reset();
    return revise(index, inputs, renamed, marked, quiet);
  }
  if (more > 0 && are_few(index, more) &&
      codes_suit(index, inputs.vectors, threads)) {
    line.emplace("inserted", more, quiet);
    append_few(index, inputs.vectors, inputs.names, renamed > 0, threads,
               line->callback(), inputs.gone);
    line.emplace("checks the index and its changes", 0, quiet);
    take_in_changes(path);
    line.reset();
    return report_added();
  }
  // A sum that is right stays so where nothing is written. Here all is.
  if (can_have_changes(index)) index.verify();
  // The fingerprint is of a sample: now every row is compared with its code,
  // since the new rows are linked to the old ones by these vectors.
  index.check_rows(inputs.vectors, threads);
  line.reset();
  if (more == 0) return revise(index, inputs, renamed, marked, quiet);
  line.emplace("looks whether the reduction fits", 0, quiet);
  // Photos of another kind may come later: a projection that suited the first
  // ones may not tell them apart.
  const std::optional<Reduction> refitted =
      refit_for_append(index, inputs.vectors, threads);
  if (refitted && !quiet)
    cli::say(fmt::format(
        "{}: the codes of its {} rows do not fit all {}: codes and graph are "
        "made again",
        path, grouped(index.rows()), grouped(inputs.vectors.rows())));
  announce_build(
      inputs.vectors,
      estimate_append(index, inputs.vectors, inputs.names, refitted, threads),
      path, quiet);
  line.emplace("inserted", refitted ? inputs.vectors.rows() : more, quiet);
  append_to_index(index, inputs.vectors, inputs.names, refitted, threads, path,
                  line->callback(), inputs.gone);
  line.reset();
  report_added();
}

bool delete_rows(const std::string& path, const Names& names,
                 Separator separator, bool quiet) {
  const FileLock lock = lock_index(path, quiet);
  const Index index = open_whole(path, quiet);
  const RowFinder finder(index, names);
  bool all_found = true;
  std::vector<std::uint32_t> rows;
  for (std::size_t i = 0; i < names.size(); ++i)
    all_found = finder.find(names[i], separator, rows) && all_found;
  // Those that were found go, whatever names were wrong: a list from `find` may
  // well hold files that were never indexed.
  {
    const cli::ProgressLine line("writes the index", 0, quiet);
    delete_from_index(index, rows);
  }
  // Where no name was right, nothing was done that could be told.
  if (!quiet && !(rows.empty() && !all_found)) {
    const Index changed(path);
    cli::say(fmt::format("{}: {} of {} {} deleted", path,
                         grouped(changed.deleted_rows()),
                         counted(changed.rows(), "row"),
                         changed.deleted_rows() == 1 ? "is" : "are"));
  }
  return all_found;
}

}  // namespace imsearch
