// The rows of a target are sent: push's main work.
#pragma once

#include "push/target.h"

#include "io/output_file.h"
#include "remote/bulk.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace imsearch {

/// The list of rows that the service refused. One thread at a time.
class RefusedRows {
 public:
  /// The list is the file NAMES.refused.tsv: row, name and reason in each line.
  /// What an older list says of rows before `begin` stays in it, since those
  /// are not sent again.
  RefusedRows(const std::string& names_path, std::size_t begin);

  /// Lists the row, and shows the first few on stderr. Throws Error on a failed
  /// write.
  void add(std::size_t row, std::string_view name, const std::string& reason);

  /// Gives the list its name, if it has lines, and returns its path; else "".
  std::string finish();

 private:
  void start();

  std::string path_;
  std::string kept_;  // lines of an older list
  std::optional<OutputFile> file_;
  std::size_t count_ = 0;
};

/// Sends the rows, showing progress and what is refused; `stored` follows how
/// many of the index's rows are there. Throws Error and Interrupted.
BulkTotals send_rows(const Endpoint& endpoint, const PushInputs& inputs,
                     const PushTarget& target, const PushOptions& options,
                     std::size_t& stored);

/// After a failure: says on stderr what is stored and how to go on, or which
/// shards are lost.
void say_what_stays(const Endpoint& endpoint, std::size_t stored,
                    std::size_t rows);

}  // namespace imsearch
