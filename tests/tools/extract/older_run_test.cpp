// How far an interrupted run came: as far as log and rows agree. Sums were
// computed by xxHash's own library.
#include "extract/log.h"

#include "support/temp_dir.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

TEST_SUITE_BEGIN("tools");

using namespace imsearch;
using namespace std::string_literals;
using imsearch::test::TempDir;

namespace {

const std::string kRow = "\0\0\x80\x3f\0\0\0\x40"s;  // 1 and 2, as float32
const std::string kRowLine = "row 4de8d78f7134f4b7\t-\t-\t-\t-\t-\t-\n";
const std::string kBadLine = "bad ed2104355d2e486e\t-\t-\t-\tnot an image\n";
const std::string kLog = "identity\n" + kRowLine + kBadLine + kRowLine;

OlderRun read(const std::string& log, const std::string& rows,
              std::size_t max_images = 100) {
  const TempDir dir;
  LogReader reader(log);
  return read_older_run(reader, dir.write("rows", rows), 2, max_images);
}

}  // namespace

TEST_CASE("a run whose log and rows agree is taken whole") {
  const OlderRun older = read(kLog, kRow + kRow);
  CHECK(older.good == std::vector<bool>{true, false, true});
  CHECK(older.reasons == std::vector<std::string>{"not an image"});
  CHECK(older.images() == 3);
  CHECK(older.bad() == 1);
  CHECK(older.rows() == 2);
  CHECK(older.log_bytes == kLog.size());
  CHECK(older.rows_end);
}

TEST_CASE("a row that is missing, cut or damaged ends it") {
  std::string damaged = kRow;
  damaged[5] = '\1';
  for (const std::string& last :
       {""s, kRow.substr(1), damaged, std::string(kRow.size(), '\0')}) {
    const OlderRun older = read(kLog, kRow + last);
    CHECK(older.good == std::vector<bool>{true, false});
    CHECK(older.log_bytes == kLog.size() - kRowLine.size());
  }
}

TEST_CASE("a row that the log does not tell of yet is seen") {
  const OlderRun older = read(kLog, kRow + kRow + "\0"s);
  CHECK(older.rows() == 2);
  CHECK_FALSE(older.rows_end);
}

TEST_CASE("no more images are read than the list has") {
  const OlderRun older = read(kLog, kRow + kRow, 1);
  CHECK(older.images() == 1);
  CHECK(older.log_bytes == 9 + kRowLine.size());
  CHECK_FALSE(older.rows_end);
}

TEST_CASE("an empty log is of no image") {
  const OlderRun older = read("", "");
  CHECK(older.images() == 0);
  CHECK(older.log_bytes == 0);
}
