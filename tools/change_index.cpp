#include "change_index.h"

#include "announce_build.h"
#include "cli.h"
#include "progress_line.h"

#include "base/progress.h"
#include "base/stopwatch.h"
#include "index/build.h"
#include "io/file.h"
#include "io/file_lock.h"
#include "io/text.h"

#include <optional>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <vector>

namespace imsearch {
namespace {

/// The files that the index was built from come first, as they were, but that
/// the last of them may have grown.
void check_old_vectors(const Index& index, const VectorSet& vectors) {
  const std::vector<IndexSource>& sources = index.info().sources;
  if (vectors.files().size() < sources.size())
    fail("{}: built from {} files of vectors: give them all, new ones last",
         index.path(), sources.size());
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const VectorFile& file = vectors.files()[i];
    const std::size_t rows = sources[i].rows;
    if (file.rows() < rows)
      fail("{}: {} rows, but {} was built from {}", file.path(), file.rows(),
           index.path(), rows);
    if (fingerprint(file, rows) != sources[i].fingerprint)
      fail("{}: changed since {} was built: rows can only be appended",
           file.path(), index.path());
    if (file.rows() > rows && i + 1 < sources.size())
      fail("{}: grew from {} rows to {}, but rows of {} come behind it",
           file.path(), rows, file.rows(), vectors.files()[i + 1].path());
  }
}

void check_old_names(const Index& index, const Names& names) {
  for (std::uint32_t row = 0; row < index.rows(); ++row)
    if (names[row] != index.name(row))
      fail("row {} is called {}, but {} in {}", row, escape_field(names[row]),
           escape_field(index.name(row)), index.path());
}

void check_model(const Index& index, const IndexInputs& inputs) {
  const ModelIdentity& model = index.info().model;
  if (inputs.model.known() && !same_model(model, inputs.model))
    fail(
        "{}: made by {}, but the vectors by {}: one index holds rows of one "
        "model",
        index.path(), describe(model), describe(inputs.model));
  if (inputs.vectors.dim() != index.dim())
    fail("{}: rows of {} floats, but the vectors have {}", index.path(),
         index.dim(), inputs.vectors.dim());
}

/// Of two changes at once, each of the index that it found, one would be lost.
FileLock lock_index(const std::string& path) {
  if (!file_exists(path))
    fail(
        "{}: no such index: without --append or --delete, build-index makes "
        "one",
        path);
  return FileLock(path);
}

/// A damaged index must not get checksums of its damage.
Index open_whole(const std::string& path) {
  Index index(path);
  index.verify();
  return index;
}

std::vector<std::uint32_t> rows_of(const Index& index, const Names& names,
                                   bool& all_found) {
  std::unordered_multimap<std::string_view, std::uint32_t> rows;
  for (std::uint32_t row = 0; row < index.rows(); ++row)
    rows.emplace(index.name(row), row);
  std::vector<std::uint32_t> found;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string shown = unescape_field(names[i]);
    auto [begin, end] = rows.equal_range(names[i]);
    if (begin == end) std::tie(begin, end) = rows.equal_range(shown);
    if (begin == end) {
      cli::complain(fmt::format("{}: no image of that name in {}",
                                escape_field(names[i]), index.path()));
      all_found = false;
    }
    for (; begin != end; ++begin) found.push_back(begin->second);
  }
  return found;
}

}  // namespace

void append_rows(const std::string& path, const IndexInputs& inputs,
                 unsigned threads, bool quiet) {
  const Stopwatch watch;
  const FileLock lock = lock_index(path);
  const Index index = open_whole(path);
  check_model(index, inputs);
  check_old_vectors(index, inputs.vectors);
  check_old_names(index, inputs.names);
  const std::size_t more = inputs.vectors.rows() - index.rows();
  if (more == 0) {
    if (!quiet)
      cli::complain(fmt::format("{}: all {} rows are there", path,
                                grouped(index.rows())));
    return;
  }
  const std::optional<Reduction> refitted =
      refit_for_append(index, inputs.vectors, threads);
  if (refitted && !quiet)
    cli::complain(fmt::format(
        "{}: the codes of its {} rows do not fit all {}: codes and graph are "
        "made again",
        path, grouped(index.rows()), grouped(inputs.vectors.rows())));
  announce_build(
      inputs.vectors,
      estimate_append(index, inputs.vectors, inputs.names, refitted, threads),
      path, quiet);
  {
    cli::ProgressLine line("inserted", refitted ? inputs.vectors.rows() : more,
                           quiet);
    append_to_index(index, inputs.vectors, inputs.names, refitted, threads,
                    path, line.callback());
  }
  if (!quiet)
    cli::complain(fmt::format("{}: {} rows added to {}, {}", path,
                              grouped(more), grouped(index.rows()),
                              human_duration(watch.seconds())));
}

bool delete_rows(const std::string& path, const Names& names, bool quiet) {
  const FileLock lock = lock_index(path);
  const Index index = open_whole(path);
  bool all_found = true;
  const std::vector<std::uint32_t> rows = rows_of(index, names, all_found);
  delete_from_index(index, rows);
  if (!quiet) {
    const Index changed(path);
    cli::complain(fmt::format("{}: {} of {} rows are deleted", path,
                              grouped(changed.deleted_rows()),
                              grouped(changed.rows())));
  }
  return all_found;
}

}  // namespace imsearch
