// The ledger's text, and what it records of a file. Fields that may be missing
// are "-", so that cut(1) and join(1) find the same number in every line.
#include "io/ledger.h"

#include "base/command.h"
#include "base/error.h"
#include "base/interrupt.h"
#include "io/checksum.h"
#include "io/file.h"
#include "io/input_file.h"
#include "io/output_file.h"
#include "io/text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <limits>
#include <unordered_set>
#include <utility>

namespace imsearch {
namespace {

// In the order in which they are written. Older versions end with the reason.
enum Column : std::size_t {
  kRow,
  kState,
  kBytes,
  kModified,
  kContent,
  kName,
  kReason,
  kWidth,
  kHeight,
  kHash,
  kColumns
};
constexpr std::array<std::string_view, kColumns> kColumnNames = {
    "row",  "state",  "bytes", "modified", "xxh3_128",
    "name", "reason", "width", "height",   "phash"};
constexpr std::size_t kOldestColumns = kWidth;  // every ledger has these
constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::size_t kHashDigits = 32;
constexpr std::array<std::uint64_t, 2> kUnknownContent = {};

/// Takes the text up to the next tab, and the tab, from the start of `line`.
std::string_view take_field(std::string_view& line) {
  const std::size_t end = std::min(line.find('\t'), line.size());
  const std::string_view field = line.substr(0, end);
  line.remove_prefix(std::min(end + 1, line.size()));
  return field;
}

template <typename T>
bool read_number(std::string_view text, T& value, int base = 10) {
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, base);
  return error == std::errc() && stop == end;
}

/// "1700000000.000000000", also before 1970: then both parts count backwards.
bool read_time(std::string_view text, std::int64_t& ns) {
  const bool negative = !text.empty() && text[0] == '-';
  if (negative) text.remove_prefix(1);
  const std::size_t dot = text.find('.');
  std::int64_t seconds = 0;
  std::int64_t rest = 0;
  if (dot == std::string_view::npos || text.size() != dot + 10 ||
      !read_number(text.substr(0, dot), seconds) ||
      !read_number(text.substr(dot + 1), rest) || seconds < 0 || rest < 0 ||
      seconds > 9'000'000'000)
    return false;
  ns = seconds * kSecond + rest;
  if (negative) ns = -ns;
  return true;
}

std::string time_text(std::int64_t ns) {
  const std::int64_t size = ns < 0 ? -ns : ns;
  return fmt::format("{}{}.{:09}", ns < 0 ? "-" : "", size / kSecond,
                     size % kSecond);
}

bool read_hash(std::string_view text, std::array<std::uint64_t, 2>& hash) {
  return text.size() == kHashDigits &&
         read_number(text.substr(0, kHashDigits / 2), hash[0], 16) &&
         read_number(text.substr(kHashDigits / 2), hash[1], 16);
}

bool read_file_facts(std::string_view bytes, std::string_view modified,
                     std::string_view content, FileFacts& facts) {
  facts = FileFacts();
  if (bytes == "-" && modified == "-" && content == "-") return true;
  facts.known = read_number(bytes, facts.bytes) &&
                read_time(modified, facts.modified_ns) &&
                (content == "-" || read_hash(content, facts.content));
  return facts.known;
}

bool read_picture(std::string_view width, std::string_view height,
                  std::string_view hash, PictureFacts& picture) {
  picture = PictureFacts();
  if (width == "-" && height == "-" && hash == "-") return true;
  if (!read_number(width, picture.width) ||
      !read_number(height, picture.height) || picture.width == 0 ||
      picture.height == 0)
    return false;
  if (hash == "-") return true;
  picture.phash = 0;
  return hash.size() == kHashDigits / 2 &&
         read_number(hash, *picture.phash, 16);
}

void add_line(std::string& text, std::string_view row, std::string_view state,
              const FileFacts& facts, std::string_view name,
              std::string_view reason) {
  fmt::format_to(std::back_inserter(text), "{}\t{}\t{}\t{}\t{}\t{}\n", row,
                 state, facts_text(facts), escape_field(name),
                 escape_field(reason), picture_text(facts.picture));
}

std::int64_t modified_ns(const struct stat& status) {
  return status.st_mtim.tv_sec * kSecond + status.st_mtim.tv_nsec;
}

/// Where the columns of a ledger stand, by its first line.
class LedgerReader {
 public:
  /// False if it is not the first line of a ledger.
  bool read_head(std::string_view line);
  /// One line into the ledger. False if it is malformed, or not the next row.
  bool read_line(std::string_view line, std::size_t max_rows,
                 const NameOfRow& name_of, Ledger& ledger);

 private:
  void split(std::string_view line);
  /// "-" where the ledger has no such column.
  std::string_view field(Column column) const {
    const std::size_t place = places_[column];
    return place < fields_.size() ? fields_[place] : std::string_view("-");
  }
  bool read_facts(FileFacts& facts) const;

  std::array<std::size_t, kColumns> places_ = {};
  std::vector<std::string_view> fields_;
};

void LedgerReader::split(std::string_view line) {
  fields_.clear();
  while (!line.empty()) {
    const bool more = line.find('\t') == line.size() - 1;
    fields_.push_back(take_field(line));
    if (more) fields_.emplace_back();
  }
}

bool LedgerReader::read_head(std::string_view line) {
  split(line);
  for (std::size_t c = 0; c < kColumns; ++c) {
    const auto found =
        std::find(fields_.begin(), fields_.end(), kColumnNames[c]);
    if (found == fields_.end() && c < kOldestColumns) return false;
    places_[c] = found == fields_.end()
                     ? std::numeric_limits<std::size_t>::max()
                     : static_cast<std::size_t>(found - fields_.begin());
  }
  return true;
}

bool LedgerReader::read_facts(FileFacts& facts) const {
  return read_file_facts(field(kBytes), field(kModified), field(kContent),
                         facts) &&
         read_picture(field(kWidth), field(kHeight), field(kHash),
                      facts.picture);
}

/// Notes the first row that `ledger` calls `told`, as its file has it, and that
/// is called otherwise.
void compare_names(std::size_t row, std::string_view told,
                   std::string_view name, Ledger& ledger) {
  if (told == name || ledger.has_other_names || told == escape_field(name))
    return;
  ledger.has_other_names = true;
  ledger.other_row = row;
  ledger.wanted_name = name;
  ledger.other_name = unescape_field(told);
}

bool LedgerReader::read_line(std::string_view line, std::size_t max_rows,
                             const NameOfRow& name_of, Ledger& ledger) {
  split(line);
  const std::size_t last = places_[kName];
  FileFacts facts;
  if (fields_.size() <= last || !read_facts(facts)) return false;
  const std::string_view row = field(kRow);
  const std::string_view state = field(kState);
  const std::string_view name = field(kName);
  if (state == "archive") {
    ledger.archives.push_back({unescape_field(name), facts});
    return row == "-";
  }
  if (state == "bad") {
    ledger.bad.push_back(
        {unescape_field(name), facts, unescape_field(field(kReason))});
    return row == "-";
  }
  std::size_t number = 0;
  if (state != "row" && state != "gone") return false;
  if (!read_number(row, number)) return false;
  if (number >= max_rows) return true;
  if (number != ledger.rows.size()) return false;
  ledger.rows.push_back({facts, state == "gone"});
  if (name_of) compare_names(number, name, name_of(number), ledger);
  return true;
}

/// The ledger beside `vectors`, compared with these names, if there are any.
Ledger read_compared(const std::string& vectors, std::size_t max_rows,
                     const NameOfRow& name_of) {
  Ledger ledger;
  const std::string path = ledger_path(vectors);
  if (!file_exists(path)) return ledger;
  const std::string text = read_file(path);
  std::string_view left = text;
  LedgerReader reader;
  for (std::size_t number = 1; !left.empty(); ++number) {
    const std::size_t end = left.find('\n');
    const std::string_view line = left.substr(0, end);
    const bool whole = end != std::string_view::npos;
    const bool good =
        whole &&
        (number == 1 ? reader.read_head(line)
                     : reader.read_line(line, max_rows, name_of, ledger));
    if (!good)
      fail(
          "{}: line {} is not one of a ledger: remove the file, and images are "
          "known by their names alone",
          path, number);
    left.remove_prefix(end + 1);
  }
  return ledger;
}

}  // namespace

bool same_status(const FileFacts& a, const FileFacts& b) {
  return a.known && b.known && a.bytes == b.bytes &&
         a.modified_ns == b.modified_ns;
}

bool same_content(const FileFacts& a, const FileFacts& b) {
  return a.known && b.known && a.content != kUnknownContent &&
         a.bytes == b.bytes && a.content == b.content;
}

std::string facts_text(const FileFacts& facts) {
  if (!facts.known) return "-\t-\t-";
  const std::string content =
      facts.content == kUnknownContent
          ? "-"
          : fmt::format("{:016x}{:016x}", facts.content[0], facts.content[1]);
  return fmt::format("{}\t{}\t{}", facts.bytes, time_text(facts.modified_ns),
                     content);
}

bool take_facts(std::string_view& text, FileFacts& facts) {
  const std::string_view bytes = take_field(text);
  const std::string_view modified = take_field(text);
  const std::string_view content = take_field(text);
  return read_file_facts(bytes, modified, content, facts);
}

std::string picture_text(const PictureFacts& picture) {
  if (!picture.known()) return "-\t-\t-";
  return fmt::format(
      "{}\t{}\t{}", picture.width, picture.height,
      picture.phash ? fmt::format("{:016x}", *picture.phash) : "-");
}

bool take_picture(std::string_view& text, PictureFacts& picture) {
  const std::string_view width = take_field(text);
  const std::string_view height = take_field(text);
  const std::string_view hash = take_field(text);
  return read_picture(width, height, hash, picture);
}

std::string ledger_path(const std::string& vectors) {
  return vectors + ".ledger.tsv";
}

Ledger read_ledger(const std::string& vectors, std::size_t max_rows,
                   const Names* names) {
  if (names == nullptr) return read_compared(vectors, max_rows, {});
  const auto name_of = [names](std::size_t row) { return (*names)[row]; };
  return read_compared(vectors, max_rows, name_of);
}

Ledger read_ledger_of_names(const std::string& vectors, std::size_t rows,
                            const NameOfRow& name_of,
                            const std::string& names_path) {
  Ledger ledger = read_compared(vectors, rows, name_of);
  if (ledger.has_other_names)
    fail(
        "{}: row {} is called {}, but {} in {}: these are the names of other "
        "vectors, or in another order: give theirs, or make both anew by {}; "
        "where you changed names by hand, remove the ledger",
        names_path, ledger.other_row, escape_field(ledger.wanted_name),
        escape_field(ledger.other_name), ledger_path(vectors),
        command("extract --force"));
  return ledger;
}

std::string to_text(const Ledger& ledger, const Names& names) {
  std::string text = fmt::format("{}\n", fmt::join(kColumnNames, "\t"));
  for (std::size_t i = 0; i < ledger.rows.size(); ++i)
    add_line(text, std::to_string(i), ledger.rows[i].gone ? "gone" : "row",
             ledger.rows[i].facts, names[i], "");
  for (const BadImage& bad : ledger.bad)
    add_line(text, "-", "bad", bad.facts, bad.name, bad.reason);
  for (const ReadArchive& archive : ledger.archives)
    add_line(text, "-", "archive", archive.facts, archive.name, "");
  return text;
}

BadCounts count_bad(const Ledger& ledger) {
  std::unordered_set<std::string_view> archives;
  for (const ReadArchive& archive : ledger.archives)
    archives.insert(archive.name);
  BadCounts counts;
  for (const BadImage& bad : ledger.bad)
    ++(archives.count(bad.name) == 0 ? counts.images : counts.archives);
  return counts;
}

std::vector<std::uint32_t> gone_rows(const Ledger& ledger) {
  std::vector<std::uint32_t> rows;
  for (std::size_t i = 0; i < ledger.rows.size(); ++i)
    if (ledger.rows[i].gone) rows.push_back(static_cast<std::uint32_t>(i));
  return rows;
}

void write_ledger(const std::string& vectors, const Ledger& ledger,
                  const Names& names) {
  OutputFile file(ledger_path(vectors), Temporary::kPart);
  file.write(to_text(ledger, names));
  file.commit();
}

FileFacts facts_of_status(const std::string& path) {
  struct stat status = {};
  if (::stat(path.c_str(), &status) != 0) return {};
  FileFacts facts;
  facts.known = true;
  facts.bytes = static_cast<std::uint64_t>(status.st_size);
  facts.modified_ns = modified_ns(status);
  return facts;
}

FileFacts facts_of_file(const std::string& path) {
  FileFacts facts = facts_of_status(path);
  InputFile file(path);
  ContentHash hash;
  std::vector<char> buffer(std::size_t{1} << 18);
  facts.bytes = 0;
  while (const std::size_t n = file.read(buffer.data(), buffer.size())) {
    check_interrupt();
    hash.add(buffer.data(), n);
    facts.bytes += n;
  }
  facts.content = hash.value();
  return facts;
}

}  // namespace imsearch
