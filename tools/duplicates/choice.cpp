#include "duplicates/choice.h"

#include "common/cli.h"
#include "common/name_patterns.h"

#include "io/name_filter.h"

#include <string>

namespace imsearch {
namespace {

/// Takes paths as a shell completes them, too.
NameFilter filter_of(const std::vector<std::string>& only,
                     const std::vector<std::string>& without,
                     const Library& library) {
  return NameFilter(cli::as_names(library.index, NameRules{only, without}));
}

/// How many of the patterns match an image that is there. The others are said.
std::size_t count_matching(const char* option,
                           const std::vector<std::string>& patterns,
                           const Library& library) {
  return cli::count_matching(
      option, patterns, library.index,
      [&](std::uint32_t row) { return !library.gone[row]; });
}

}  // namespace

std::vector<std::uint32_t> rows_looked_at(const DuplicatesOptions& opt,
                                          const Library& library) {
  const std::size_t only = count_matching("--only", opt.only, library);
  count_matching("--not", opt.without, library);
  const NameFilter filter = filter_of(opt.only, opt.without, library);
  std::vector<std::uint32_t> rows;
  for (std::uint32_t row = 0; row < library.index.rows(); ++row)
    if (!library.gone[row] && filter.passes(library.name(row)))
      rows.push_back(row);
  if (rows.empty() && !opt.without.empty() && (opt.only.empty() || only > 0))
    cli::say(opt.only.empty() ? "--not leaves no image to look at"
                              : "--only and --not leave no image to look at");
  return rows;
}

std::vector<bool> references(const DuplicatesOptions& opt,
                             const Library& library) {
  if (opt.references.empty()) return {};
  if (count_matching("--reference", opt.references, library) == 0)
    cli::say("--reference: no image has such a name: there are no groups");
  const NameFilter filter = filter_of(opt.references, {}, library);
  std::vector<bool> chosen(library.index.rows());
  for (std::uint32_t row = 0; row < library.index.rows(); ++row)
    chosen[row] = !library.gone[row] && filter.passes(library.name(row));
  return chosen;
}

}  // namespace imsearch
