// Rows that a service did not take: shown, listed in a file, counted.
#pragma once

#include "common/progress_line.h"
#include "io/output_file.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace imsearch {

/// One thread at a time.
class RefusedRows {
 public:
  /// The list is NAMES.refused.tsv. Of an older one, what it says of rows
  /// before `begin` stays, since they are not sent again. `progress` must
  /// outlive it.
  RefusedRows(const std::string& names_path, std::size_t begin,
              cli::ProgressLine& progress);

  /// Says so on stderr, for the first few, and lists it. Throws Error.
  void add(std::size_t row, std::string_view name, const std::string& reason);

  /// Makes the list appear, if there is one; gives its path, or "".
  std::string finish();

 private:
  void start();

  std::string path_;
  std::string kept_;  // lines of an older list
  cli::ProgressLine& progress_;
  std::optional<OutputFile> file_;
  std::size_t count_ = 0;
};

}  // namespace imsearch
