// Lists that were written in another way than they are read.
#include "common/names_list.h"

#include "support/captured.h"
#include "support/contains.h"
#include "support/temp_dir.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

TEST_SUITE_BEGIN("tools");

using namespace imsearch;
using namespace std::string_literals;
using imsearch::test::complained_by;
using imsearch::test::contains;
using imsearch::test::TempDir;

namespace {

void look_at_all(const std::vector<std::string>& names,
                 Separator separator = Separator::kNewline) {
  ListCheck check("list", separator);
  for (const std::string& name : names) check.look_at(name);
  check.finish();
}

}  // namespace

TEST_CASE("a plain list passes without a word") {
  CHECK(complained_by([] {
          look_at_all({"a.jpg", "b c.jpg", "\xE9.jpg", "", "a\\nb"});
          look_at_all({"a\nb.jpg", "c.jpg\n", "d"}, Separator::kNul);
          look_at_all({});
        }).empty());
}

TEST_CASE("a list that ends names with NUL is not read as lines") {
  CHECK_THROWS_WITH_AS(look_at_all({"good.jpg", "a.jpg\0b.jpg"s}),
                       "list: name 2 holds a NUL byte: names that end with "
                       "NUL, as find -print0 prints them, are read with -0",
                       NulInName);
}

TEST_CASE("lines are not read as one name that NUL ends") {
  const char* told =
      "list: one name that ends with a newline: lines are read without -0";
  CHECK_THROWS_WITH_AS(look_at_all({"a.jpg\nb.jpg\n"}, Separator::kNul), told,
                       Error);
  CHECK_THROWS_WITH_AS(look_at_all({"a.jpg\n"}, Separator::kNul), told, Error);
}

TEST_CASE("several lines in one name are told at once, one line at the end") {
  ListCheck lines("list", Separator::kNul);
  CHECK_THROWS_AS(lines.look_at("a.jpg\nb.jpg\n"), Error);
  ListCheck line("list", Separator::kNul);
  CHECK_NOTHROW(line.look_at("a.jpg\n"));
  CHECK_THROWS_AS(line.finish(), Error);
}

TEST_CASE("an image where its list belongs is told by its format") {
  const std::vector<std::pair<std::string, std::string>> images = {
      {"\xFF\xD8\xFF\xE0\x10JFIF", "JPEG"},
      {"\x89PNG\r", "PNG"},
      {"GIF89a..", "GIF"},
      {"GIF87a..", "GIF"},
      {"RIFF....WEBPVP8 ", "WebP"},
      {"\x01\x01\x01\x18"
       "ftypheic",
       "HEIC or AVIF"}};
  for (const auto& image : images) {
    const std::string& bytes = image.first;
    const std::string& format = image.second;
    CAPTURE(format);
    const std::string told = "list: a " + format +
                             " image, where the paths or names of images are "
                             "read: name the file itself";
    CHECK_THROWS_WITH_AS(look_at_all({bytes}), told.c_str(), Error);
  }
}

TEST_CASE("only the start of a list can be an image") {
  CHECK_NOTHROW(look_at_all({"a.jpg", "GIF89a.gif"}));
  CHECK_NOTHROW(look_at_all({"my GIF89a.gif", "GIF.gif"}));
}

TEST_CASE("UTF-16 is told with the command that turns it into UTF-8") {
  const std::string little = "\xFF\xFE"s + "a\0.\0"s;
  const std::string big = "\xFE\xFF"s + "\0a\0."s;
  for (const std::string& name : {little, big}) {
    std::string told;
    try {
      look_at_all({name});
    } catch (const Error& e) {
      told = e.what();
    }
    CHECK(contains(told, "iconv -f UTF-16 -t UTF-8"));
  }
  // Without a NUL these are a name in Latin-1.
  CHECK_NOTHROW(look_at_all({"\xFF\xFE.jpg"}));
}

TEST_CASE("a byte-order mark is complained of where it begins the list") {
  const std::string said = complained_by([] {
    look_at_all(
        {"\xEF\xBB\xBF"
         "a.jpg"});
  });
  CHECK(contains(said, "list: begins with a byte-order mark"));
  CHECK(complained_by([] {
          look_at_all({"a",
                       "\xEF\xBB\xBF"
                       "b"});
        }).empty());
}

TEST_CASE("CR at the end of names is complained of once") {
  const std::string said = complained_by([] {
    look_at_all({"a", "b\r", "c\r"});
  });
  CHECK(contains(said, "list: name 2 ends in CR"));
  CHECK_FALSE(contains(said, "name 3"));
  CHECK(complained_by([] { look_at_all({"a\rb"}); }).empty());
}

TEST_CASE("a list from standard input is called so") {
  ListCheck check("-", Separator::kNewline);
  CHECK_THROWS_WITH_AS(check.look_at("GIF89a"),
                       "standard input: a GIF image, where the paths or names "
                       "of images are read: name the file itself",
                       Error);
}

TEST_CASE("a list is read whole, its names as they are") {
  const TempDir dir;
  Names names;
  const std::string path = dir.write("list", "a\r\n\nb");
  complained_by([&] { names = read_list(path, Separator::kNewline); });
  REQUIRE(names.size() == 3);
  CHECK(names[0] == "a\r");
  CHECK(names[1].empty());
  CHECK(names[2] == "b");
  CHECK_THROWS_AS(read_list(dir.write("lines", "a\n"), Separator::kNul), Error);
}

TEST_CASE("a file of names is looked at without being read into memory") {
  const TempDir dir;
  const NamesFile good(dir.write("good", "a\nb\n"), Separator::kNewline);
  CHECK_NOTHROW(check_list(good, Separator::kNewline));
  const NamesFile bad(dir.write("bad", "a\nb\0c\n"s), Separator::kNewline);
  CHECK_THROWS_AS(check_list(bad, Separator::kNewline), NulInName);
}
