// The queries of a measurement: sampled rows of the index, or a file's rows.
#pragma once

#include "common/cli11.h"

#include "base/matrix.h"
#include "eval/measure.h"
#include "index/vector_set.h"
#include "search/search_index.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace imsearch {

/// Opens the vectors at `path`, of the index's dim. Throws Error; also where
/// the sidecar beside them says that another model made them than the index's.
VectorSet open_query_vectors(const SearchIndex& index, const std::string& path);

struct QueryRowsParams {
  std::string vectors;         // a file of queries; empty: sampled rows
  std::size_t samples = 1000;  // how many of the index's rows
  std::uint64_t seed = 1;      // of the sample
};

struct QueryRows {
  Matrix unit;  // a row is a unit vector, or zero
  /// A sampled row is not its own answer; empty for a file's rows.
  std::vector<std::optional<std::uint32_t>> excluded;
  std::string origin;  // for people: "sampled rows", "queries.bin"

  std::size_t size() const { return unit.rows(); }
  std::optional<std::uint32_t> excluded_of(std::size_t query) const {
    return excluded.empty() ? std::nullopt : excluded[query];
  }
};

/// A session for each of `threads` threads, which ask an index for such
/// queries. Index and queries must outlive it.
class QuerySessions {
 public:
  QuerySessions(const SearchIndex& index, const QueryRows& queries,
                const SearchParams& params, unsigned threads);

  Answer ask(std::size_t query, unsigned thread) const {
    return sessions_[thread]->ask(queries_->unit.row(query),
                                  queries_->excluded_of(query));
  }

 private:
  const QueryRows* queries_;
  std::vector<std::unique_ptr<SearchSession>> sessions_;
};

/// The same as something to measure (eval/measure.h).
Searching searching_of(const SearchIndex& index, const QueryRows& queries,
                       const SearchParams& params, unsigned threads);

/// Registers --vectors, --samples and --seed.
void add_query_rows(CLI::App& app, QueryRowsParams& params);

/// Reads and normalises the queries. Throws Error: none, another dimension or
/// model, NaN or infinity in a row.
QueryRows read_query_rows(SearchIndex& index, const QueryRowsParams& params);

}  // namespace imsearch
