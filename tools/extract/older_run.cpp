#include "extract/older_run.h"

#include "base/interrupt.h"
#include "io/checksum.h"
#include "io/input_file.h"

#include <cstdint>
#include <utility>

namespace imsearch {
namespace {

/// Rows of a file, compared with their sums one after the other.
class RowChecker {
 public:
  RowChecker(const std::string& path, std::size_t dim)
      : file_(path), row_(dim * sizeof(float)) {}

  /// Whether the next row is there and has this sum.
  bool next_is(std::uint64_t checksum) {
    std::size_t size = 0;
    while (size < row_.size()) {
      const std::size_t n = file_.read(row_.data() + size, row_.size() - size);
      if (n == 0) return false;
      size += n;
    }
    return checksum_of(row_.data(), row_.size()) == checksum;
  }
  bool at_end() { return file_.read(row_.data(), 1) == 0; }

 private:
  InputFile file_;
  std::vector<char> row_;
};

}  // namespace

OlderRun read_older_run(LogReader& log, const std::string& rows,
                        std::size_t dim, std::size_t max_images) {
  RowChecker checker(rows, dim);
  OlderRun older;
  LogEntry entry;
  while (older.images() < max_images && log.next(entry)) {
    check_interrupt();
    if (entry.good && !checker.next_is(entry.row_checksum)) return older;
    older.good.push_back(entry.good);
    if (!entry.good) older.reasons.push_back(std::move(entry.reason));
    older.log_bytes = log.position();
  }
  older.rows_end = checker.at_end();
  return older;
}

}  // namespace imsearch
