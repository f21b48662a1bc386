// The queries of a measurement: sampled rows of the index, or a file's rows.
#pragma once

#include "common/cli11.h"

#include "base/matrix.h"
#include "eval/measure.h"
#include "index/vector_set.h"
#include "io/input_file.h"
#include "search/search_index.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace imsearch {

/// Opens the vectors at `path`, of the index's dim. Throws Error; also where
/// the sidecar beside them says that another model made them than the index's.
VectorSet open_query_vectors(const SearchIndex& index, const std::string& path);

/// Rows of raw float32 from a pipe or another file that cannot be mapped, in
/// native byte order. One thread at a time.
class RowStream {
 public:
  /// The most rows that next() gives: enough to share out over threads, and for
  /// exact search to read each vector once for many queries; 5 MB at 1280
  /// floats.
  static constexpr std::size_t kMostRows = 1024;

  /// `path` "-": standard input. Throws Error if it cannot be opened.
  RowStream(const std::string& path, std::size_t dim);

  /// The rows that are there, one after the other, waiting for one at least;
  /// empty at the end. Not normalised. Throws Error: a partial last row;
  /// Interrupted.
  std::vector<float> next();

 private:
  InputFile file_;
  std::size_t dim_;
  std::size_t rows_ = 0;  // given
  std::string bytes_;     // read and not given: less than a row between calls
};

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
  SearchQuery query(std::size_t number) const {
    return {unit.row(number), excluded_of(number)};
  }
};

/// A session for each of `threads` threads, which ask an index for such
/// queries. Index and queries must outlive it.
class QuerySessions {
 public:
  QuerySessions(const SearchIndex& index, const QueryRows& queries,
                const SearchParams& params, unsigned threads);

  Answer ask(std::size_t query, unsigned thread) const {
    return sessions_[thread]->ask(queries_->query(query));
  }

  /// The hits of all queries, by all threads, several at once where that takes
  /// less time. Calls on_query(), if given, once for each, from any thread.
  std::vector<Hits> ask_all(const std::function<void()>& on_query = {}) const;

 private:
  const QueryRows* queries_;
  std::vector<std::unique_ptr<SearchSession>> sessions_;
};

/// Such sessions as something to measure (eval/measure.h).
Searching searching_of(const SearchIndex& index, const QueryRows& queries,
                       const SearchParams& params, unsigned threads);

/// Registers --vectors, --samples and --seed.
void add_query_rows(CLI::App& app, QueryRowsParams& params);

/// Reads and normalises the queries. Throws Error: none, another dimension or
/// model, NaN or infinity in a row.
QueryRows read_query_rows(SearchIndex& index, const QueryRowsParams& params);

}  // namespace imsearch
