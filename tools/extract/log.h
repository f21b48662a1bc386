// Which images of a run of extract are done (fvecs.bin.done.part), and what an
// earlier run left to go on from.
//
// The first line is the run's identity (extract/identity.h). Then there is a
// line for each image, in order, written once its row is: "row SUM", or "bad
// SUM", where SUM is the XXH3 of the row or of the reason; then, after a tab
// each, what the ledger records of the file (io/ledger.h), into which the log
// turns at the end, and of the picture, or the reason of a bad image. The sums
// tell what a machine that went down has lost, pages of zeros included; a
// killed process loses only images that it was working on. So nothing is synced
// before the end, and --resume reads all rows once.
#pragma once

#include "io/ledger.h"
#include "io/output_file.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace imsearch {

struct LogEntry {
  bool good = false;
  std::uint64_t row_checksum = 0;  // of a good image
  FileFacts facts;
  std::string reason;  // of a bad one
};

/// Takes the text of a log apart.
class LogReader {
 public:
  explicit LogReader(std::string text);

  /// The first line, if it was written whole.
  const std::string& identity() const { return identity_; }
  /// False at the end, or at what was not written whole.
  bool next(LogEntry& entry);
  /// Bytes of the log up to the end of the last entry.
  std::size_t position() const { return at_; }

 private:
  bool next_line(std::string_view& line);

  std::string text_;
  std::size_t at_ = 0;
  std::string identity_;
};

/// Written beside the vectors' part and under its lock. One thread.
class ExtractLog {
 public:
  /// `vectors`: where the vectors will be. What is there stays. Throws Error.
  explicit ExtractLog(const std::string& vectors);

  /// What an earlier run left; empty where none did.
  std::string older_text() const;

  /// Drops what is there. Throws Error.
  void start(const std::string& identity);
  /// Drops what is behind `size_bytes`. Throws Error.
  void go_on(std::size_t size_bytes);

  /// Throws Error on a failed write.
  void add_row(const void* row, std::size_t size_bytes, const FileFacts& facts);
  void add_bad(const std::string& reason, const FileFacts& facts);

  /// Whether there is an image for a later run to go on from.
  bool worth_keeping() const { return entries_; }
  /// Has it outlast a machine that goes down. Nothing is added any more.
  void sync() { file_.finish(); }
  /// Takes the log away: the run is done.
  void remove();

 private:
  OutputFile file_;
  bool entries_ = false;
};

/// The images before the first that is not whole in log and rows alike.
struct OlderRun {
  std::vector<bool> good;            // of each image: whether it has a row
  std::vector<FileFacts> facts;      // of each image
  std::vector<std::string> reasons;  // of each bad one, in order
  std::size_t log_bytes = 0;         // of the log that tells of them
  bool rows_end = false;             // no bytes behind their rows

  std::size_t images() const { return good.size(); }
  std::size_t bad() const { return reasons.size(); }
  std::size_t rows() const { return images() - bad(); }
};

/// Reads at most `max_images`, and all their rows: each of `dim` floats in the
/// file `rows`. Throws Error if that cannot be read, Interrupted.
OlderRun read_older_run(LogReader& log, const std::string& rows,
                        std::size_t dim, std::size_t max_images);

}  // namespace imsearch
