#include "update/index_check.h"

#include "base/command.h"
#include "base/error.h"
#include "base/interrupt.h"
#include "index/other_vectors.h"
#include "index/vector_set.h"
#include "io/file.h"
#include "io/text.h"

#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

namespace imsearch {
namespace {

namespace fs = std::filesystem;

std::optional<Index> open_readable(const std::string& path) {
  if (!file_exists(path)) return std::nullopt;
  try {
    return Index(path);
  } catch (const Interrupted&) {
    throw;
  } catch (const Error&) {
    return std::nullopt;  // whoever is to change it says so
  }
}

/// Also of files that are not there.
bool is_same_file(const std::string& a, const std::string& b) {
  std::error_code error;
  if (fs::equivalent(a, b, error)) return true;
  return fs::absolute(a).lexically_normal() ==
         fs::absolute(b).lexically_normal();
}

[[noreturn]] void fail_other_vectors(const Index& index,
                                     const CollectionPaths& paths) {
  std::string sources;
  for (const std::string& path : index.source_paths())
    sources += (sources.empty() ? "" : ", ") + path;
  fail(
      "{}: built from {}, and update would leave rows of {} alone in it: name "
      "another index with -i, or remove this one",
      index.path(), sources, paths.vectors);
}

/// The vectors were replaced: by extract, in which case names and rows belong
/// together, or by something that may have moved rows under the names.
void refuse_moved_rows(const Index& index, const CollectionPaths& paths,
                       const Collection& collection) {
  if (!same_model(index.info().model, collection.sidecar.model)) return;
  const VectorSet vectors({paths.vectors}, collection.sidecar.dim);
  const std::size_t others =
      count_other_vectors(index, vectors, collection.names);
  if (others == 0) return;
  fail(
      "{}: changed since {} was built, and not by update: {} of its {} have "
      "other vectors there under their names: if {} has the names of these "
      "rows, {} makes the index anew",
      paths.vectors, index.path(), grouped(others),
      counted(vectors.rows(), "row"), paths.names, command("build-index"));
}

}  // namespace

bool belongs_to(const Index& index, const std::string& vectors) {
  const std::vector<IndexSource>& sources = index.info().sources;
  const VectorFile file(vectors, index.dim());
  return sources.size() == 1 && sources[0].rows <= file.rows() &&
         fingerprint(file, sources[0].rows) == sources[0].fingerprint;
}

void check_index(const CollectionPaths& paths, const Collection* collection,
                 bool is_behind) {
  const std::optional<Index> index = open_readable(paths.index);
  if (!index) return;
  const bool same_dim =
      collection != nullptr && collection->sidecar.dim == index->dim();
  if (same_dim && belongs_to(*index, paths.vectors)) return;
  const std::vector<std::string> sources = index->source_paths();
  if (sources.size() != 1 || !is_same_file(sources[0], paths.vectors))
    fail_other_vectors(*index, paths);
  if (same_dim && !is_behind) refuse_moved_rows(*index, paths, *collection);
}

}  // namespace imsearch
