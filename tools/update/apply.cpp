#include "update/apply.h"

#include "common/child_process.h"
#include "common/cli.h"
#include "update/index_check.h"

#include "base/error.h"
#include "index/index.h"
#include "io/file.h"

namespace imsearch {
namespace {

/// Each name is ended by NUL, which stands in none, whatever ends those of the
/// collection. The empty one at the start is passed over: with it the list does
/// not look like lines that were read as one name.
std::string list_of(const Names& images) {
  std::string list(1, '\0');
  for (std::size_t i = 0; i < images.size(); ++i) {
    list += images[i];
    list += '\0';
  }
  return list;
}

void run_extract(const CollectionPaths& paths, const Names& images,
                 const ExtractRun& run, const std::string& how) {
  std::vector<std::string> options = {how,
                                      "--resume-or-restart",
                                      "--files0-from",
                                      "-",
                                      "-o",
                                      paths.vectors,
                                      "-n",
                                      paths.names};
  options.insert(options.end(), run.model.begin(), run.model.end());
  options.insert(options.end(), run.rules.begin(), run.rules.end());
  if (run.threads > 0) options.push_back(fmt::format("-j{}", run.threads));
  if (paths.separator == Separator::kNul) options.emplace_back("-0");
  if (run.quiet) options.emplace_back("-q");
  run_tool("extract", options, list_of(images));
}

/// Where most of an index would be rows that are new or gone, one that is built
/// anew is quicker to make and to search.
bool most_has_changed(const Index& index, const Collection& collection) {
  std::size_t alive = 0;  // rows that are in the index and stay
  for (std::uint32_t row = 0; row < index.rows(); ++row)
    if (row < collection.names.size() && !collection.is_gone(row)) ++alive;
  return 2 * alive < collection.names.size();
}

/// Whether all that the index has deleted is recorded as gone.
bool all_deletions_settled(const Index& index) {
  return index.deleted_rows() == index.info().gone.size();
}

bool must_build(const CollectionPaths& paths, const Collection& collection) {
  if (!file_exists(paths.index)) return true;
  try {
    const Index index(paths.index);
    // Its rows are others where an update was killed behind its --compact.
    return !belongs_to(index, paths.vectors) ||
           most_has_changed(index, collection);
  } catch (const Interrupted&) {
    throw;
  } catch (const Error& e) {
    // A damaged index, or one of another version: to build it is the remedy.
    cli::say(std::string(e.what()) + ": it is built anew");
    return true;
  }
}

}  // namespace

void extract_all(const CollectionPaths& paths, const Names& images,
                 const ExtractRun& run) {
  run_extract(paths, images, run, "--force");
}

void check_model(const CollectionPaths& paths, const Collection& collection,
                 const ExtractRun& run) {
  Names one;  // that extract has nothing to do for
  for (std::size_t row = 0; row < collection.names.size(); ++row)
    if (one.size() == 0 && !collection.is_gone(row))
      one.append(collection.names[row]);
  if (one.size() == 0) return;
  ExtractRun silent = run;
  silent.quiet = true;
  try {
    run_extract(paths, one, silent, "--append");
  } catch (const Interrupted&) {
    throw;
  } catch (const Error&) {
    fail(
        "{}: options of the network that do not suit its rows: nothing is "
        "recorded or changed",
        paths.vectors);
  }
}

void extract_more(const CollectionPaths& paths, const Names& images,
                  const ExtractRun& run) {
  run_extract(paths, images, run, "--append");
}

void follow_with_index(const CollectionPaths& paths,
                       const Collection& collection, bool anew,
                       const ExtractRun& run) {
  std::vector<std::string> options = {paths.vectors, "-n", paths.names, "-o",
                                      paths.index};
  if (!anew && !must_build(paths, collection)) options.emplace_back("--append");
  if (run.threads > 0) options.push_back(fmt::format("-j{}", run.threads));
  if (paths.separator == Separator::kNul) options.emplace_back("-0");
  if (run.quiet) options.emplace_back("-q");
  run_tool("build-index", options);
}

void settle_deletions(const CollectionPaths& paths,
                      const Collection& collection, const ExtractRun& run) {
  if (!file_exists(paths.index)) return;
  try {
    const Index index(paths.index);
    if (all_deletions_settled(index) || !belongs_to(index, paths.vectors))
      return;
  } catch (const Interrupted&) {
    throw;
  } catch (const Error&) {
    return;  // building it anew says so
  }
  follow_with_index(paths, collection, false, run);
}

}  // namespace imsearch
