// The list of rows that a service did not take.
#include "push/load.h"

#include "io/file.h"
#include "support/captured.h"
#include "support/contains.h"
#include "support/temp_dir.h"

#include <doctest/doctest.h>

#include <string>

TEST_SUITE_BEGIN("tools");

using namespace imsearch;
using imsearch::test::complained_by;
using imsearch::test::contains;
using imsearch::test::TempDir;

namespace {

/// What is said while `body` uses the list of the names "n", begun at `begin`.
template <typename Body>
std::string said(const TempDir& dir, std::size_t begin, const Body& body) {
  return complained_by([&] {
    RefusedRows rows(dir / "n", begin);
    body(rows);
  });
}

std::string list_in(const TempDir& dir) {
  return read_file(dir / "n.refused.tsv");
}

}  // namespace

TEST_CASE("a load without refusals makes no list") {
  const TempDir dir;
  const std::string text =
      said(dir, 0, [](RefusedRows& rows) { CHECK(rows.finish().empty()); });
  CHECK(text.empty());
  CHECK_FALSE(file_exists(dir / "n.refused.tsv"));
}

TEST_CASE("a refused row is told and listed, in one line each") {
  const TempDir dir;
  std::string path;
  const std::string text = said(dir, 0, [&](RefusedRows& rows) {
    rows.add(7, "a\tb", "too\nlong");
    path = rows.finish();
  });
  CHECK(text == "imsearch: row 7: a\\tb: refused: too\\nlong\n");
  CHECK(path == dir / "n.refused.tsv");
  CHECK(list_in(dir) == "7\ta\\tb\ttoo\\nlong\n");
}

TEST_CASE("twenty rows are told, all are listed") {
  const TempDir dir;
  const std::string text = said(dir, 0, [](RefusedRows& rows) {
    for (std::size_t i = 0; i < 25; ++i) rows.add(i, "name", "why");
    rows.finish();
  });
  CHECK(contains(text, "row 19: "));
  CHECK_FALSE(contains(text, "row 20: "));
  CHECK(contains(text, "further refused rows are only listed, in " +
                           (dir / "n.refused.tsv")));
  CHECK(contains(list_in(dir), "\n24\tname\twhy\n"));
}

TEST_CASE("a load that goes on keeps what is listed of rows before it") {
  const TempDir dir;
  dir.write("n.refused.tsv", "3\ta\twhy\n9\tb\twhy\n10\tc\twhy\n30\td\twhy\n");
  said(dir, 10, [](RefusedRows& rows) {
    rows.add(12, "e", "why");
    rows.finish();
  });
  CHECK(list_in(dir) == "3\ta\twhy\n9\tb\twhy\n12\te\twhy\n");
}

TEST_CASE("rows that are sent again and taken leave the list") {
  const TempDir dir;
  dir.write("n.refused.tsv", "3\ta\twhy\n30\td\twhy\n");
  said(dir, 10, [](RefusedRows& rows) { rows.finish(); });
  CHECK(list_in(dir) == "3\ta\twhy\n");
}

TEST_CASE("a list stays as it is where all its rows are before the load") {
  const TempDir dir;
  dir.write("n.refused.tsv", "3\ta\twhy\n");
  said(dir, 10, [](RefusedRows& rows) { CHECK(rows.finish().empty()); });
  CHECK(list_in(dir) == "3\ta\twhy\n");
}

TEST_CASE("a new load takes an older list away") {
  const TempDir dir;
  dir.write("n.refused.tsv", "3\ta\twhy\n");
  said(dir, 0, [](RefusedRows& rows) { rows.finish(); });
  CHECK_FALSE(file_exists(dir / "n.refused.tsv"));
}
