#include "io/name_filter.h"

#include "base/error.h"
#include "support/contains.h"

#include <doctest/doctest.h>

#include <regex>
#include <string>
#include <vector>

using namespace imsearch;

namespace {

bool passes(const std::vector<std::string>& only,
            const std::vector<std::string>& without, const char* name) {
  return NameFilter({only, without}).passes(name);
}

/// ECMAScript's expressions agree with Lucene's in what regular_form() writes,
/// but for "." and a newline.
bool matches_form(const std::string& pattern, const std::string& name) {
  const NameRules forms = NameFilter({{pattern}, {}}).regular_forms();
  return std::regex_match(name, std::regex(forms.only.at(0)));
}

}  // namespace

TEST_SUITE("io") {
  TEST_CASE("a pattern without a slash is about the file and its folders") {
    CHECK(passes({"mugs"}, {}, "mugs/a.jpg"));
    CHECK(passes({"mugs"}, {}, "photos/mugs/red/a.jpg"));
    CHECK(passes({"mugs/"}, {}, "photos/mugs/red/a.jpg"));
    CHECK_FALSE(passes({"mugs"}, {}, "photos/mugs2/a.jpg"));
    CHECK(passes({"a.jpg"}, {}, "photos/a.jpg"));
    CHECK(passes({"*.jpg"}, {}, "photos/A.JPG"));
    CHECK_FALSE(passes({"A*.jpg"}, {}, "photos/a1.jpg"));
    CHECK_FALSE(passes({"m*a.jpg"}, {}, "mugs/a.jpg"));
  }

  TEST_CASE("one with a slash is about the whole name or a folder's path") {
    CHECK(passes({"photos/mugs"}, {}, "photos/mugs/a.jpg"));
    CHECK(passes({"photos/mugs/"}, {}, "photos/mugs/a.jpg"));
    CHECK(passes({"photos/*"}, {}, "photos/mugs/a.jpg"));
    CHECK(passes({"*/mugs/*.jpg"}, {}, "photos/mugs/a.JPG"));
    CHECK_FALSE(passes({"mugs/*"}, {}, "photos/mugs/a.jpg"));
    CHECK_FALSE(passes({"photos/mug"}, {}, "photos/mugs/a.jpg"));
  }

  TEST_CASE("paths are compared without what changes no path") {
    CHECK(passes({"./photos//mugs/."}, {}, "photos/mugs/a.jpg"));
    CHECK(passes({"./photos"}, {}, "photos/mugs/a.jpg"));
    CHECK_FALSE(passes({"./mugs"}, {}, "photos/mugs/a.jpg"));
    CHECK(passes({"."}, {}, "photos/mugs/a.jpg"));
    CHECK(passes({"/photos/"}, {}, "/photos/a.jpg"));
    CHECK_FALSE(passes({"/photos/"}, {}, "photos/a.jpg"));
    CHECK(matches_form("./photos", "photos/mugs/a.jpg"));
    CHECK_FALSE(matches_form("./mugs", "photos/mugs/a.jpg"));
    CHECK(matches_form(".", "photos/mugs/a.jpg"));
  }

  TEST_CASE("several patterns add up, and what is left out stays out") {
    CHECK(passes({"a*", "b*"}, {}, "x/b1.jpg"));
    CHECK_FALSE(passes({"a*", "b*"}, {}, "x/c1.jpg"));
    CHECK(passes({}, {"mugs"}, "hats/1.jpg"));
    CHECK_FALSE(passes({}, {"mugs", "hats"}, "hats/1.jpg"));
    CHECK_FALSE(passes({"*.jpg"}, {"hats"}, "hats/1.jpg"));
    CHECK(passes({}, {}, ""));
    CHECK_THROWS_AS(NameFilter({{""}, {}}), Error);
    CHECK_THROWS_AS(NameFilter({{}, {""}}), Error);
  }

  TEST_CASE("regular expressions say the same of each name") {
    const std::vector<std::string> patterns = {
        "mugs",   "mugs/",  "*.jpg",    "a?.jpg",    "[ab]*",
        "[!a]*",  "*/mugs", "*mugs/*",  "photos/?*", "[+-9]x",
        "[!+]x",  "[]-]*",  "[c-a]",    "[!c-a]x",   "a.b",
        "a+b(c)", "{x}|y",  "a\\b",     "a^$b",      "#@&<>~",
        "\"q\"",  "*",      "*/*/[m]*", "[^a]x",     "photos/mugs/a.jpg",
        "p*s",    "a b",    "a_b-c"};
    const std::vector<std::string> names = {"mugs",
                                            "mugs/a.jpg",
                                            "photos/mugs/a.jpg",
                                            "photos/mugs/A.JPG",
                                            "a1.jpg",
                                            "x/ab.Jpg",
                                            "bx",
                                            "/x",
                                            "x/x",
                                            "5x",
                                            "+x",
                                            "]",
                                            "-a",
                                            "c",
                                            "ax",
                                            "axb",
                                            "a.b",
                                            "a+b(c)",
                                            "{x}|y",
                                            "a\\b",
                                            "a^$b",
                                            "#@&<>~",
                                            "\"q\"",
                                            "y",
                                            "^x",
                                            "",
                                            "p/s",
                                            "pics/s",
                                            "photos/x/mugs/1",
                                            "a b",
                                            "a_b-c",
                                            "a/b"};
    for (const std::string& pattern : patterns)
      for (const std::string& name : names) {
        CAPTURE(pattern);
        CAPTURE(name);
        CHECK(matches_form(pattern, name) ==
              passes({pattern}, {}, name.c_str()));
      }
  }

  TEST_CASE("characters beyond ASCII stay themselves in expressions") {
    const auto form = [](const char* pattern) {
      return NameFilter({{}, {pattern}}).regular_forms().without.at(0);
    };
    CHECK(form("\xC3\xA9?") == "(.*/)?\xC3\xA9[^/](/.*)?");
    CHECK(form("[\xE2\x82\xAC-\xF0\x9F\x98\x80]") ==
          "(.*/)?[\xE2\x82\xAC-\xF0\x9F\x98\x80](/.*)?");
    CHECK_THROWS_WITH_AS(form("\xFFx"),
                         "\xFFx: not UTF-8, which is all that a service can "
                         "compare",
                         Error);
  }
}
