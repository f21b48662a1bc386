// Answers as tiles of a contact sheet.
#include "query/answer_printer.h"

#include "base/error.h"
#include "io/file.h"
#include "support/captured.h"
#include "support/contains.h"
#include "support/temp_dir.h"

#include <doctest/doctest.h>

TEST_SUITE_BEGIN("tools");

using namespace imsearch;
using imsearch::test::complained_by;
using imsearch::test::contains;
using imsearch::test::TempDir;

TEST_CASE("a line begins with the question, neighbours follow") {
  Question question;
  question.picture = "photos/q.jpg";
  Answer answer;
  answer.hits = {{7, 0.25F}};
  answer.names = {"photos/a.jpg"};
  const SheetRow row = sheet_row(question, answer, {"folder/a.jpg"});
  REQUIRE(row.size() == 2);
  CHECK(row[0].path == "photos/q.jpg");
  CHECK(row[0].caption == "query");
  CHECK(row[0].name == "q.jpg");
  CHECK(row[1].path == "folder/a.jpg");
  CHECK(row[1].caption == "0.875");
  CHECK(row[1].name == "a.jpg");
}

TEST_CASE("a vector has no picture, and is called by its number") {
  Question question;
  question.number = 3;
  const SheetRow row = sheet_row(question, {}, {});
  REQUIRE(row.size() == 1);
  CHECK(row[0].path.empty());
  CHECK(row[0].name == "vector 3");
}

TEST_CASE("pictures that are missing are counted among those there should be") {
  const TempDir dir;
  const std::string there = dir.write("a.jpg", "");
  const SheetRow row = {{"", "query", ""},
                        {there, "", ""},
                        {dir / "b.jpg", "", ""},
                        {dir / "c.jpg", "", ""}};
  CHECK(contains(complained_by([&] {
                   say_missing({row, row});
                 }),
                 "4 of 6 pictures are not found"));
  CHECK(complained_by([&] { say_missing({{{there, "", ""}}}); }).empty());
}

TEST_CASE("a sheet never replaces a picture in it") {
  const TempDir dir;
  const std::string picture = dir.write("a.jpg", "bytes");
  const std::vector<SheetRow> rows = {{{picture, "query", "a.jpg"}}};
  CHECK_THROWS_AS(write_sheet(rows, dir.path() + "/./a.jpg"), Error);
  CHECK(read_file(picture) == "bytes");
  CHECK_NOTHROW(write_sheet(rows, dir / "sheet.jpg"));
  CHECK(read_file(dir / "sheet.jpg").substr(0, 3) == "\xFF\xD8\xFF");
}
