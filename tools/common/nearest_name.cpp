#include "common/nearest_name.h"

#include <algorithm>
#include <cstddef>

namespace imsearch::cli {
namespace {

/// The distance of Damerau and Levenshtein, restricted to exchanges of
/// neighbours: edits[i][j] makes the first j letters of b of the first i of a.
std::size_t edits_between(const std::string& a, const std::string& b) {
  std::vector<std::vector<std::size_t>> edits(
      a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i)
    for (std::size_t j = 0; j <= b.size(); ++j) {
      std::size_t& least = edits[i][j];
      if (i == 0 || j == 0) {
        least = i + j;
        continue;
      }
      const std::size_t other = a[i - 1] == b[j - 1] ? 0 : 1;
      least = std::min({edits[i - 1][j] + 1, edits[i][j - 1] + 1,
                        edits[i - 1][j - 1] + other});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        least = std::min(least, edits[i - 2][j - 2] + 1);
    }
  return edits[a.size()][b.size()];
}

}  // namespace

std::string did_you_mean(const std::string& typed,
                         const std::vector<std::string>& names) {
  std::size_t fewest = std::max<std::size_t>(typed.size() / 3, 1) + 1;
  std::string nearest;
  for (const std::string& name : names) {
    const std::size_t edits = edits_between(typed, name);
    if (edits >= fewest) continue;
    fewest = edits;
    nearest = name;
  }
  return nearest.empty() ? "" : ": did you mean " + nearest + "?";
}

}  // namespace imsearch::cli
