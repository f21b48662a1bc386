// push's main work: the rows of a target are sent.
#pragma once

#include "common/progress_line.h"
#include "push/target.h"

#include "io/output_file.h"
#include "remote/bulk.h"

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

/// Sends the rows, showing progress and what is refused; `stored` follows how
/// many of the index's rows are there. Throws Error and Interrupted.
BulkTotals send_rows(const Endpoint& endpoint, const PushInputs& inputs,
                     const PushTarget& target, const PushOptions& options,
                     std::size_t& stored);

/// After a failure: says on stderr what there is to go on with, or which shards
/// are lost.
void say_what_stays(const Endpoint& endpoint, std::size_t stored,
                    std::size_t rows);

}  // namespace imsearch
