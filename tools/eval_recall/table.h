// What eval-recall measures: the index at each ef, and exact search, on the
// same queries.
#pragma once

#include "common/query_rows.h"
#include "eval_recall/ground_truth.h"

#include "base/search.h"
#include "eval/measure.h"
#include "eval/recall.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace imsearch {

/// One line of the table.
struct RecallLine {
  std::string search;                    // "exact" or "index"
  std::size_t ef = 0;                    // 0 for exact search
  std::map<std::size_t, double> recall;  // at 1, 10 and k, none above k
  Estimate at_k;                         // recall@k with its interval
  double single_ms = 0;                  // a query alone: mean
  double batch_ms = 0;                   // a query among all, over all threads
};

/// Measures exact search and the index, and shows how far that is, unless
/// `quiet`.
class RecallMeter {
 public:
  /// `truth`: of these `queries` and params.k. All must outlive it. `threads`
  /// 0: all CPUs.
  RecallMeter(const SearchIndex& index, const GroundTruth& truth,
              const QueryRows& queries, const SearchParams& params,
              unsigned threads, std::uint64_t seed, bool quiet);

  std::size_t queries() const { return queries_->size(); }
  std::size_t k() const { return params_.k; }
  unsigned threads() const { return threads_; }

  /// Asks exact search for the truth that the others are judged by. Comes
  /// first.
  void find_truth();
  RecallLine measure_exact() const;
  /// The index, with its times.
  RecallLine measure(std::size_t ef) const;
  /// The index's recall@k alone, by one batch.
  Estimate recall(std::size_t ef) const;

 private:
  Searching searching(std::size_t ef) const;
  /// What the index finds for all queries, by exact distance.
  std::vector<Hits> found_by(const Searching& search) const;
  double single_ms(const Searching& search, std::size_t most) const;
  double per_query_ms(double seconds) const;
  Estimate estimate(const std::vector<Hits>& found, std::size_t k) const;
  RecallLine line_of(const std::vector<Hits>& found) const;

  const SearchIndex* index_;
  const GroundTruth* truth_;
  const QueryRows* queries_;
  SearchParams params_;
  unsigned threads_;
  std::uint64_t seed_;
  bool quiet_;
  std::vector<Hits> true_hits_;
};

/// To six decimals, which say more than any measurement here.
double rounded(double value);

/// Lays a line of the table out under its header, for a terminal: the first
/// field from the left, figures to the right, in columns as wide as the header
/// and figures of usual size need.
std::string in_columns(const std::string& line, const std::string& header);

/// What the columns mean, a line each of at most 72 characters.
std::vector<std::string> legend(const RecallLine& line, unsigned threads);

/// The table's header line and a line, tab-separated; and JSON for a line.
std::string header_text(const RecallLine& line);
std::string to_text(const RecallLine& line);
std::string to_json(const RecallLine& line, const QueryRows& queries);

}  // namespace imsearch
