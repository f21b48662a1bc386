// The log of a run, from which --resume goes on: what became of each image,
// with a checksum, so that half-written lines and lost pages are noticed.
#include "extract/log.h"

#include "base/error.h"
#include "base/interrupt.h"
#include "io/checksum.h"
#include "io/file.h"
#include "io/input_file.h"
#include "io/text.h"

#include <charconv>
#include <cstdint>
#include <utility>

namespace imsearch {
namespace {

constexpr std::string_view kRow = "row ";
constexpr std::string_view kBad = "bad ";
constexpr std::size_t kSumDigits = 16;

/// Takes `head` away from the start of `text`, if it is there.
bool take(std::string_view& text, std::string_view head) {
  if (text.substr(0, head.size()) != head) return false;
  text.remove_prefix(head.size());
  return true;
}

/// Takes 16 hexadecimal digits away; false if there are other characters.
bool take_sum(std::string_view& text, std::uint64_t& sum) {
  if (text.size() < kSumDigits) return false;
  const char* end = text.data() + kSumDigits;
  const auto [stop, error] = std::from_chars(text.data(), end, sum, 16);
  text.remove_prefix(kSumDigits);
  return error == std::errc() && stop == end;
}

bool parse_entry(std::string_view line, LogEntry& entry) {
  // A line that a crash cut short fails here: its sum or its reason does not
  // fit.
  entry.good = take(line, kRow);
  if (!entry.good && !take(line, kBad)) return false;
  std::uint64_t sum = 0;
  if (!take_sum(line, sum) || !take(line, "\t")) return false;
  if (!take_facts(line, entry.facts)) return false;
  if (entry.good) {
    entry.row_checksum = sum;
    return take_picture(line, entry.facts.picture) && line.empty();
  }
  entry.reason = unescape_field(line);
  return checksum_of(entry.reason.data(), entry.reason.size()) == sum;
}

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

LogReader::LogReader(std::string text) : text_(std::move(text)) {
  std::string_view line;
  if (next_line(line)) identity_ = line;
}

bool LogReader::next_line(std::string_view& line) {
  const std::size_t end = text_.find('\n', at_);
  if (end == std::string::npos) return false;
  line = std::string_view(text_).substr(at_, end - at_);
  at_ = end + 1;
  return true;
}

bool LogReader::next(LogEntry& entry) {
  // What cannot be read is left unread, so that position() stays before it.
  const std::size_t start = at_;
  std::string_view line;
  if (next_line(line) && parse_entry(line, entry)) return true;
  at_ = start;
  return false;
}

ExtractLog::ExtractLog(const std::string& vectors)
    : file_(vectors + ".done", Temporary::kOldPart) {}

std::string ExtractLog::older_text() const {
  return read_file(file_.temporary());
}

void ExtractLog::start(const std::string& identity) {
  file_.truncate(0);
  entries_ = false;
  file_.write(identity + "\n");
  file_.flush();
}

// The rest of the log may be half a line, or tell of rows that are lost.
void ExtractLog::go_on(std::size_t size_bytes) {
  file_.truncate(size_bytes);
  entries_ = true;
}

void ExtractLog::add_row(const void* row, std::size_t size_bytes,
                         const FileFacts& facts) {
  file_.write(fmt::format("{}{:016x}\t{}\t{}\n", kRow,
                          checksum_of(row, size_bytes), facts_text(facts),
                          picture_text(facts.picture)));
  // To the kernel at once: only what is there outlives a killed process.
  file_.flush();
  file_.keep();
  entries_ = true;
}

void ExtractLog::add_bad(const std::string& reason, const FileFacts& facts) {
  file_.write(fmt::format("{}{:016x}\t{}\t{}\n", kBad,
                          checksum_of(reason.data(), reason.size()),
                          facts_text(facts), escape_field(reason)));
  file_.flush();
  file_.keep();
  entries_ = true;
}

void ExtractLog::remove() {
  file_.truncate(0);
  entries_ = false;
}

OlderRun read_older_run(LogReader& log, const std::string& rows,
                        std::size_t dim, std::size_t max_images) {
  RowChecker checker(rows, dim);
  OlderRun older;
  LogEntry entry;
  while (older.images() < max_images && log.next(entry)) {
    check_interrupt();
    // A row that is cut or damaged ends it: rows behind it are not trusted.
    if (entry.good && !checker.next_is(entry.row_checksum)) return older;
    older.good.push_back(entry.good);
    older.facts.push_back(entry.facts);
    if (!entry.good) older.reasons.push_back(std::move(entry.reason));
    older.log_bytes = log.position();
  }
  older.rows_end = checker.at_end();
  return older;
}

}  // namespace imsearch
