// What eval-recall measures: the index at each ef, and exact search, on the
// same queries.
#pragma once

#include "query_rows.h"

#include "base/hit.h"
#include "eval/measure.h"
#include "eval/recall.h"
#include "index/index.h"

#include <cstddef>
#include <cstdint>
#include <functional>
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

/// Measures exact search and the index. Needs index.vectors().
class RecallMeter {
 public:
  /// Index and queries must outlive it. `search`: how, but for ef, which each
  /// measurement has its own of. `threads` 0: all CPUs.
  RecallMeter(const Index& index, const QueryRows& queries,
              const SearchParams& search, unsigned threads, std::uint64_t seed);

  std::size_t k() const { return search_.k; }
  unsigned threads() const { return threads_; }
  std::size_t queries() const { return queries_->size(); }

  /// Asks exact search for the truth that the others are judged by. Comes
  /// first.
  void find_truth();
  RecallLine measure_exact() const;
  /// The index, with its times.
  RecallLine measure(std::size_t ef) const;
  /// The index's recall@k alone, by one batch.
  Estimate recall(std::size_t ef) const;

 private:
  Searching searching(
      const std::function<Hits(Searcher&, std::size_t query)>& search) const;
  Searching exactly() const;
  Searching at(std::size_t ef) const;
  std::vector<Hits> batch(const Searching& search) const;
  /// `found`: what a batch found, which has touched the pages.
  RecallLine measure(const Searching& search, const std::vector<Hits>& found,
                     std::size_t singles) const;
  Estimate estimate(const std::vector<Hits>& found, std::size_t k) const;
  RecallLine line_of(const std::vector<Hits>& found) const;

  const Index* index_;
  const QueryRows* queries_;
  SearchParams search_;
  unsigned threads_;
  std::uint64_t seed_;
  std::vector<Hits> truth_;
};

/// To six decimals, which say more than any measurement here.
double rounded(double value);

/// The table's header line and a line, tab-separated; and JSON for a line.
std::string header_text(const RecallLine& line);
std::string to_text(const RecallLine& line);
std::string to_json(const RecallLine& line, const QueryRows& queries);

}  // namespace imsearch
