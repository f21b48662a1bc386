// Answers a search of the protocol from an opened index.
#pragma once

#include "protocol/opened_index.h"
#include "protocol/search_request.h"

#include "remote/index_meta.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace imsearch {

/// A row and its score: more is better.
struct ScoredRow {
  std::uint32_t row = 0;
  double score = 0;
};

struct Found {
  std::vector<ScoredRow> rows;  // from `from`, at most `size`
  std::size_t total = 0;        // before these two
  double max_score = 0;         // where total is not 0
};

struct FindParams {
  Space space = Space::kCosine;  // of scores, unless the request says it
  std::size_t ef = 256;          // of searches that do not say it
};

/// A search that has not found its rows by then is given up.
inline constexpr std::chrono::seconds kPatience(30);
/// When that is.
using Deadline = std::chrono::steady_clock::time_point;
/// That of a request which comes now.
Deadline deadline_from_now();
/// Throws RequestError with status 503 where it has passed.
void check_clock(Deadline deadline);

/// The score of a squared distance between unit vectors, as services give it
/// (remote/dialect.h): its inverse there gives the distance again, to the bit.
double score_of(float l2sq, Space space);

/// Throws RequestError: a vector of zeros where its score is not defined, too
/// late; Error as OpenedIndex::with_searcher().
Found find(const OpenedIndex& opened, const SearchRequest& search,
           const FindParams& params, Deadline deadline);

/// How many rows that are not deleted fit. Throws as find().
std::size_t count_rows(const OpenedIndex& opened, const NameQuery& query,
                       Deadline deadline);

}  // namespace imsearch
