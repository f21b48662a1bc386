#include "base/error.h"

#include <doctest/doctest.h>

#include <cerrno>

using namespace imsearch;

TEST_SUITE("base") {
  TEST_CASE("fail throws the formatted text") {
    CHECK_THROWS_WITH_AS(fail("{}: {} of {} bytes", "x.bin", 3, 5),
                         "x.bin: 3 of 5 bytes", Error);
  }

  TEST_CASE("a text with braces in its arguments stays as it is") {
    CHECK_THROWS_WITH_AS(fail("{}: gone", "{}.jpg"), "{}.jpg: gone", Error);
  }

  TEST_CASE("an errno value becomes its text") {
    CHECK(errno_text(ENOENT) == "No such file or directory");
  }
}
