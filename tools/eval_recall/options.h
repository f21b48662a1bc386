// eval-recall's command line.
#pragma once

#include "common/cli11.h"
#include "common/index_options.h"
#include "common/options.h"
#include "common/query_rows.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace imsearch {

struct RecallOptions {
  std::string index = cli::kDefaultIndex;
  ServiceParams service;
  std::string truth = cli::kDefaultVectors;  // of an index at a service
  QueryRowsParams queries;
  SearchParams search;  // but for ef
  std::vector<std::size_t> efs = {16, 32, 64, 128, 256};
  std::optional<double> at_least;
  std::optional<double> tune;
  std::string plot;
  unsigned threads = 0;
  bool json = false;
  bool quiet = false;

  void add_to(CLI::App& app);

  /// Throws UsageError for what does not go together.
  void check() const;
  /// Throws UsageError if the picture would replace something that is read.
  void refuse_to_overwrite(const SearchIndex& opened) const;

  bool at_service() const { return !service.url.empty(); }
  /// The largest ef that an index of so many rows is tuned to.
  std::size_t largest_ef(std::size_t rows) const;

 private:
  static void group(CLI::App& app);
  void add_judging_to(CLI::App& app);
};

}  // namespace imsearch
