// The log of a run: what --resume reads of it, whatever cut it short. Sums were
// computed by xxHash's own library.
#include "extract/log.h"

#include "base/error.h"
#include "io/file.h"
#include "support/temp_dir.h"

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <vector>

TEST_SUITE_BEGIN("tools");

using namespace imsearch;
using imsearch::test::TempDir;

namespace {

constexpr std::array<float, 2> kRow = {1, 2};
const std::string kRowLine = "row 4de8d78f7134f4b7\t-\t-\t-\t-\t-\t-\n";
const std::string kBadLine = "bad ed2104355d2e486e\t-\t-\t-\tnot an image\n";

std::vector<LogEntry> entries_of(const std::string& text) {
  LogReader reader(text);
  std::vector<LogEntry> entries;
  for (LogEntry entry; reader.next(entry);) entries.push_back(entry);
  return entries;
}

}  // namespace

TEST_CASE("a log is the identity, then a line for each image") {
  const TempDir dir;
  ExtractLog log(dir / "v");
  log.start("identity");
  log.add_row({}, kRow.data(), sizeof kRow, {});
  log.add_bad({}, "not an image", {});
  CHECK(read_file(dir / "v.done.part") == "identity\n" + kRowLine + kBadLine);
}

TEST_CASE("entries are read back in order") {
  LogReader log("identity\n" + kRowLine + kBadLine);
  CHECK(log.identity() == "identity");
  LogEntry entry;
  REQUIRE(log.next(entry));
  CHECK(entry.good);
  CHECK(entry.row_checksum == 0x4de8d78f7134f4b7);
  CHECK(log.position() == 9 + 33);
  REQUIRE(log.next(entry));
  CHECK_FALSE(entry.good);
  CHECK(entry.reason == "not an image");
  CHECK(log.position() == 9 + 33 + 40);
  CHECK_FALSE(log.next(entry));
}

TEST_CASE("a reason of several lines takes one") {
  const TempDir dir;
  ExtractLog log(dir / "v");
  log.start("identity");
  log.add_bad({}, "a\tb\n", {});
  const std::string text = log.older_text();
  CHECK(text == "identity\nbad eac6bc077bf303da\t-\t-\t-\ta\\tb\\n\n");
  REQUIRE(entries_of(text).size() == 1);
  CHECK(entries_of(text)[0].reason == "a\tb\n");
}

TEST_CASE("a reason may be empty") {
  const auto entries =
      entries_of("identity\nbad 2d06800538d394c2\t-\t-\t-\t\n");
  REQUIRE(entries.size() == 1);
  CHECK(entries[0].reason.empty());
}

TEST_CASE("an entry that was not written whole does not count") {
  const std::string whole = "identity\n" + kRowLine + kBadLine;
  for (std::size_t cut = 1; cut <= kBadLine.size(); ++cut) {
    CAPTURE(cut);
    LogReader log(whole.substr(0, whole.size() - cut));
    LogEntry entry;
    CHECK(log.next(entry));
    CHECK_FALSE(log.next(entry));
    CHECK(log.position() == 9 + 33);
  }
}

TEST_CASE("an identity that was not written whole is none") {
  CHECK(LogReader("").identity().empty());
  LogReader log("ident");
  CHECK(log.identity().empty());
  CHECK(log.position() == 0);
  LogEntry entry;
  CHECK_FALSE(log.next(entry));
}

TEST_CASE("reading ends at the first line that is damaged") {
  const std::vector<std::string> damaged = {
      "bad ed2104355d2e486e not an imagE\n",  // another reason than summed
      "bad ed2104355d2e486f not an image\n",  // another sum
      "bad ed2104355d2e486e\n",               // no reason
      "row 4de8d78f7134f4b\n",                // a digit less
      "row 4de8d78f7134f4b70\n",              // a digit more
      "row 4de8d78f7134f4bg\n",               // no digit
      "row -de8d78f7134f4b7\n",
      "Row 4de8d78f7134f4b7\n",
      std::string(21, '\0'),
      "\n"};
  for (const std::string& line : damaged) {
    CAPTURE(line);
    CHECK(entries_of("identity\n" + kRowLine + line + kRowLine).size() == 1);
  }
}

TEST_CASE("a run goes on behind the entries that it keeps") {
  const TempDir dir;
  dir.write("v.done.part", "identity\n" + kRowLine + "row 4de8");
  ExtractLog log(dir / "v");
  CHECK(log.older_text() == "identity\n" + kRowLine + "row 4de8");
  log.go_on(9 + kRowLine.size());
  CHECK(log.worth_keeping());
  log.add_bad({}, "not an image", {});
  CHECK(log.older_text() == "identity\n" + kRowLine + kBadLine);
}

TEST_CASE("a new start drops what an earlier run left") {
  const TempDir dir;
  dir.write("v.done.part", "older\n" + kRowLine);
  ExtractLog log(dir / "v");
  log.start("identity");
  CHECK_FALSE(log.worth_keeping());
  CHECK(log.older_text() == "identity\n");
}

TEST_CASE("a log stays for a later run once there is an image in it") {
  const TempDir dir;
  { ExtractLog(dir / "none").start("identity"); }
  CHECK_FALSE(file_exists(dir / "none.done.part"));
  {
    ExtractLog log(dir / "one");
    log.start("identity");
    log.add_bad({}, "not an image", {});
    CHECK(log.worth_keeping());
  }
  CHECK(file_exists(dir / "one.done.part"));
}

TEST_CASE("two runs do not share a log") {
  const TempDir dir;
  const ExtractLog log(dir / "v");
  CHECK_THROWS_AS(ExtractLog(dir / "v"), Error);
}
