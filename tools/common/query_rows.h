// The queries of a measurement: sampled rows of the index, or a file's rows.
#pragma once

#include "common/searched_index.h"

#include "base/matrix.h"

#include <CLI/CLI.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace imsearch {

struct QueryRowsParams {
  std::string vectors;         // a file of queries; empty: sampled rows
  std::size_t samples = 1000;  // how many of the index's rows
  std::uint64_t seed = 1;      // of the sample
};

struct QueryRows {
  Matrix unit;  // a row is a unit vector, or zero
  /// A sampled row is not its own answer; empty for a file's rows.
  std::vector<std::optional<std::uint32_t>> leave_out;
  std::string origin;  // for people: "sampled rows", "queries.bin"

  std::size_t size() const { return unit.rows(); }
  std::optional<std::uint32_t> left_out_of(std::size_t query) const {
    return leave_out.empty() ? std::nullopt : leave_out[query];
  }
};

/// Registers --vectors, --samples and --seed.
void add_query_rows(CLI::App& app, QueryRowsParams& params);

/// Reads and normalises the queries. Throws Error: none, another dimension or
/// model, NaN or infinity in a row.
QueryRows read_query_rows(SearchedIndex& index, const QueryRowsParams& params);

}  // namespace imsearch
