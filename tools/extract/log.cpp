#include "extract/log.h"

#include "base/error.h"
#include "io/checksum.h"
#include "io/file.h"
#include "io/text.h"

#include <charconv>
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

bool take_sum(std::string_view& text, std::uint64_t& sum) {
  if (text.size() < kSumDigits) return false;
  const char* end = text.data() + kSumDigits;
  const auto [stop, error] = std::from_chars(text.data(), end, sum, 16);
  text.remove_prefix(kSumDigits);
  return error == std::errc() && stop == end;
}

bool parse_entry(std::string_view line, LogEntry& entry) {
  entry.good = take(line, kRow);
  if (!entry.good && !take(line, kBad)) return false;
  std::uint64_t sum = 0;
  if (!take_sum(line, sum)) return false;
  if (entry.good) {
    entry.row_checksum = sum;
    return line.empty();
  }
  if (!take(line, " ")) return false;
  entry.reason = unescape_field(line);
  return checksum_of(entry.reason.data(), entry.reason.size()) == sum;
}

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

void ExtractLog::go_on(std::size_t size_bytes) {
  file_.truncate(size_bytes);
  entries_ = true;
}

void ExtractLog::add_row(const void* row, std::size_t size_bytes) {
  file_.write(fmt::format("{}{:016x}\n", kRow, checksum_of(row, size_bytes)));
  file_.flush();
  file_.keep();
  entries_ = true;
}

void ExtractLog::add_bad(const std::string& reason) {
  file_.write(fmt::format("{}{:016x} {}\n", kBad,
                          checksum_of(reason.data(), reason.size()),
                          escape_field(reason)));
  file_.flush();
  file_.keep();
  entries_ = true;
}

void ExtractLog::remove() {
  file_.truncate(0);
  entries_ = false;
}

}  // namespace imsearch
