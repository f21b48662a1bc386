#include "io/wildcard.h"

#include <doctest/doctest.h>

#include <string>

using namespace imsearch;

namespace {

struct Case {
  const char* pattern;
  const char* name;
  bool matches;
};

}  // namespace

TEST_SUITE("io") {
  // Python 3.11's fnmatch.fnmatchcase answers each of these alike.
  TEST_CASE("wildcards match as Python's fnmatch does") {
    for (const Case& c : {
             Case{"*.jpg", "a.jpg", true},
             {"*.jpg", ".jpg", true},
             {"*.jpg", "a.JPG", false},
             {"*.jpg", "a.jpg2", false},
             {"*", "", true},
             {"?", "", false},
             {"a?c", "abc", true},
             {"a?c", "ac", false},
             {"*a*b*", "xxaxxbxx", true},
             {"*a*b*", "xxbxxaxx", false},
             {"*ab", "aab", true},
             {"*?*", "x", true},
             {"a*", "a\nb", true},
             {"?", "\n", true},
             {"[abc]", "b", true},
             {"[abc]", "d", false},
             {"[!abc]", "d", true},
             {"[!abc]", "a", false},
             {"[^abc]", "^", true},
             {"[^abc]", "d", false},
             {"[a-c]x", "bx", true},
             {"[c-a]", "b", false},
             {"[!c-a]", "b", true},
             {"[a-]", "-", true},
             {"[-a]", "-", true},
             {"[a-c-e]", "-", true},
             {"[a-c-e]", "d", false},
             {"[]]", "]", true},
             {"[!]]", "]", false},
             {"[!]]", "x", true},
             {"[]-a]", "^", true},
             {"[]", "[]", true},
             {"[!", "[!", true},
             {"[a", "[a", true},
             {"a[", "a[", true},
             {"[*]", "*", true},
             {"[*]", "x", false},
             {"[[]", "[", true},
             {"\\*", "\\x", true},
             {"**", "anything", true},
         }) {
      CAPTURE(c.pattern);
      CAPTURE(c.name);
      CHECK(Wildcard(c.pattern).matches(c.name) == c.matches);
    }
  }

  TEST_CASE("a character of several bytes is one character") {
    CHECK(Wildcard("?.jpg").matches("\xC3\xA9.jpg"));
    CHECK_FALSE(Wildcard("??.jpg").matches("\xC3\xA9.jpg"));
    CHECK(Wildcard("[\xC3\xA0-\xC3\xBF]").matches("\xC3\xA9"));
    CHECK_FALSE(Wildcard("[\xC3\xA0-\xC3\xBF]").matches("e"));
  }

  TEST_CASE("a byte that is no UTF-8 is one character, equal to itself") {
    CHECK(Wildcard("?").matches("\xFF"));
    CHECK(Wildcard("??").matches("\xE2\x82"));
    CHECK(Wildcard("\xFF*").matches("\xFFx"));
    CHECK_FALSE(Wildcard("\xFF").matches("\xFE"));
    CHECK_FALSE(Wildcard("\xFF").matches("\xC3\xBF"));  // U+00FF
  }

  TEST_CASE("many stars on a long name end soon") {
    std::string pattern;
    for (int i = 0; i < 50; ++i) pattern += "*a";
    CHECK_FALSE(Wildcard(pattern + "b").matches(std::string(255, 'a')));
    CHECK(Wildcard(pattern).matches(std::string(255, 'a')));
  }
}
