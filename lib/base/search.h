// What every search takes and gives, whoever answers it: an index file, or an
// index at a search service.
#pragma once

#include "base/hit.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace imsearch {

/// How an index is asked. An index file has no filter, and a service compares
/// by itself: rerank_codes and rerank are an index file's alone.
///
/// Counts to re-rank, measured: where queries are unlike all rows, short codes
/// put neighbours far back (of 20,000 crops of photos, with ef 512 and 48
/// re-ranked recall@10 ends at .923, with all at .9996), so all candidates are;
/// a code costs 0.3 microseconds. Beyond 2 k, only those rows are compared
/// exactly whose codes leave open whether they are among the k nearest.
struct SearchParams {
  std::size_t k = 10;
  std::size_t ef = 256;  // candidates kept while walking; at least k is used
  std::size_t rerank_codes = 0;  // of those, re-ranked by 8-bit codes; 0: all
  // Of those, compared exactly: at least 2 k, and all of up to half as many
  // again, which takes less than to re-rank all by codes.
  std::size_t rerank = 20;
  bool exact = false;  // compare with every row instead of walking the graph
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
