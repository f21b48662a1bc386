// Searches in an index (index.h): approximately, by the graph, or exactly.
#pragma once

#include "base/row_set.h"
#include "base/search.h"
#include "index/index.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace imsearch {

struct CodedQuery;

/// One thread's searching of one index (which must outlive it): scratch memory.
class Searcher {
 public:
  /// Finds `allowed` rows alone, if given; those that are deleted must not be
  /// among them. Where few are allowed, it compares with all of them.
  explicit Searcher(const Index& index,
                    std::shared_ptr<const RowSet> allowed = nullptr);
  ~Searcher();
  Searcher(Searcher&&) noexcept;

  /// The k nearest rows of `unit_query` (dim floats, unit or zero), nearest
  /// first, never fewer than min(k, rows that may be found). `excluded` is a
  /// row not to be found. Distances are exact where index.vectors() is there.
  /// Throws RowError where a row to be compared has changed (Index::read_unit).
  Hits search(const float* unit_query, const SearchParams& params,
              std::optional<std::uint32_t> excluded = std::nullopt);

  /// Searches without loss: where index.vectors() is there, finds what
  /// search_flat() (flat.h) finds among the rows that may be found, to the
  /// bit. Throws Error where any row has changed: codes would pass over it, so
  /// all are checked first, by Index::ensure_rows().
  Hits search_exactly(const float* unit_query, std::size_t k,
                      std::optional<std::uint32_t> excluded = std::nullopt);
  /// The same of several queries, which takes less time than one by one.
  std::vector<Hits> search_exactly(const std::vector<SearchQuery>& queries,
                                   std::size_t k);
  /// How many of them gain from each other.
  std::size_t exact_together() const;

 private:
  struct Scratch;
  struct Task;
  Task task_of(const SearchQuery& query, std::size_t k, std::size_t place);
  Hits nearest_to_zero(const Task& task) const;
  Hits walk(const Task& task, const SearchParams& params);
  std::vector<Hits> scan(const std::vector<Task>& tasks);
  void rerank_by_codes(const CodedQuery& query, Hits& hits) const;
  Hits nearest_of(const Task& task, Hits hits);
  Hits nearest_walked(const Task& task, std::size_t exact, Hits hits);
  void compare_exactly(const float* unit_query, Hit* hits, std::size_t count);

  const Index* index_;
  std::shared_ptr<const RowSet> allowed_;  // or null
  std::unique_ptr<Scratch> scratch_;
};

}  // namespace imsearch
