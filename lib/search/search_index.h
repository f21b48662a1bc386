// Something to search, wherever it is: an index file (local_index.h), or an
// index at a search service (service_index.h). query, eval-recall and bench ask
// either through this interface alone.
#pragma once

#include "base/search.h"
#include "io/sidecar.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace imsearch {

/// One thread's questions to an index, which must outlive it.
class SearchSession {
 public:
  virtual ~SearchSession() = default;

  /// Throws Error.
  virtual Answer ask(const SearchQuery& query) = 0;

  /// How many queries ask_all() best gets at once; 1 where it gains nothing.
  virtual std::size_t queries_together() const { return 1; }
  /// So many at once where `threads` share `count` of them evenly.
  std::size_t queries_together(std::size_t count, unsigned threads) const {
    return std::clamp((count + threads - 1) / threads, std::size_t{1},
                      queries_together());
  }
  /// What ask() gives of each. Throws Error, also where that is of one query.
  virtual std::vector<Answer> ask_all(const std::vector<SearchQuery>& queries) {
    std::vector<Answer> answers;
    answers.reserve(queries.size());
    for (const SearchQuery& query : queries) answers.push_back(ask(query));
    return answers;
  }
};

/// For one thread at a time. Many threads may search at once, each by a session
/// of its own.
class SearchIndex {
 public:
  virtual ~SearchIndex() = default;

  /// For messages: a path, or a URL.
  virtual std::string where() const = 0;
  virtual std::size_t rows() const = 0;
  virtual std::size_t dim() const = 0;
  /// What made the vectors.
  virtual const ModelIdentity& model() const = 0;
  /// Whether similarities are those of the vectors themselves, to the bit.
  virtual bool has_exact_similarities() const = 0;
  /// Whether a query of zeros has an answer.
  virtual bool takes_zero_queries() const = 0;
  /// The files that it reads, which a tool must not write over; none at a
  /// service.
  virtual std::vector<std::string> files() const = 0;

  /// The most hits that it gives at once.
  virtual std::size_t most_hits() const { return rows(); }

  /// Where the picture of a row of that name is, as seen from the working
  /// folder: names are relative to the folder of the vectors, as recorded, and
  /// to the working folder where it is not there. It may be gone. Any thread.
  virtual std::string picture(std::uint32_t /*row*/,
                              const std::string& name) const {
    return name;
  }

  /// A row by its number, or the first of that name; none where there is no
  /// such row. Throws Error.
  virtual std::optional<StoredRow> row(std::size_t number) = 0;
  virtual std::optional<StoredRow> find(const std::string& name) = 0;
  /// `count` of the rows that a search may find, chosen by `seed`, in rising
  /// order; all where there are fewer. Throws Error.
  virtual std::vector<std::uint32_t> sample(std::size_t count,
                                            std::uint64_t seed) = 0;
  /// Reads the unit vectors of rows that are there, one after the other, into
  /// `out` [rows, dim()]. Throws Error.
  virtual void read_units(const std::vector<std::uint32_t>& rows,
                          float* out) = 0;

  /// A session that asks with these `params`. Throws Error where they cannot be
  /// met, such as exact search without the vectors.
  virtual std::unique_ptr<SearchSession> session(
      const SearchParams& params) const = 0;
};

}  // namespace imsearch
