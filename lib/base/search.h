// What every search takes and gives, whoever answers it: an index file, an
// index at a search service, or a comparison with every row.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace imsearch {

/// One neighbour: the row in the index, and its squared Euclidean distance to
/// the query, both normalised: 0 (same direction) to 4 (opposite).
struct Hit {
  std::uint32_t row = 0;
  float l2sq = 0;

  /// 1 - d/2: the cosine of unit vectors.
  float similarity() const { return 1.0F - l2sq / 2.0F; }
};

/// Nearer first; equal distances by row, so that rankings are reproducible.
inline bool operator<(const Hit& a, const Hit& b) {
  return a.l2sq != b.l2sq ? a.l2sq < b.l2sq : a.row < b.row;
}
inline bool operator==(const Hit& a, const Hit& b) {
  return a.row == b.row && a.l2sq == b.l2sq;
}

/// Hits of one query, nearest first.
using Hits = std::vector<Hit>;

/// What is asked for: the rows nearest to `unit` (dim floats, of length 1 or
/// zero), but for the row `excluded`. Owns nothing.
struct SearchQuery {
  const float* unit = nullptr;
  std::optional<std::uint32_t> excluded = {};
};

/// Which names an answer may have: patterns by the rules of NameFilter
/// (io/name_filter.h).
struct NameRules {
  std::vector<std::string> only;     // at least one matches; empty: any name
  std::vector<std::string> without;  // none matches

  bool empty() const { return only.empty() && without.empty(); }
};

/// How an index is asked. An index file has no `filter`, and a service compares
/// by itself: rerank_codes and rerank count for an index file alone.
///
/// Counts to re-rank, measured: where queries are unlike all rows, short codes
/// put neighbours far back (of 20,000 crops of photos, with ef 512 and 48
/// re-ranked recall@10 ends at .923, with all at .9996), so all candidates are;
/// a code costs 0.3 microseconds. Beyond k, only those rows are compared
/// exactly whose codes leave open whether they are among the k nearest.
struct SearchParams {
  std::size_t k = 10;
  std::size_t ef = 256;  // candidates kept while walking; at least k is used
  std::size_t rerank_codes = 0;  // of those, re-ranked by 8-bit codes; 0: all
  // How many of those are compared exactly whatever their codes say: at least
  // k, and all of up to a quarter as many again, which takes less than to
  // re-rank all by codes.
  std::size_t rerank = 10;
  bool exact = false;  // compare with every row instead of walking the graph
  NameRules name_rules = {};  // which rows may be found
  std::string filter = "";  // a service's: JSON of a query clause; empty: none
  bool names = false;       // give the names of the rows found as well
};

struct Answer {
  Hits hits;  // nearest first, ties by row
  std::vector<std::string>
      names;           // one for each hit, where they were asked for
  double took_ms = 0;  // what a service says it needed; an index file: 0
};

/// An indexed row, as it can be asked for.
struct StoredRow {
  std::uint32_t row = 0;
  std::string name;         // bytes
  std::vector<float> unit;  // of length 1, or zero
  std::string error;        // not empty: why there is no `unit`
};

}  // namespace imsearch
