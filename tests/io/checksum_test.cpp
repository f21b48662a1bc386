#include "io/checksum.h"

#include "base/error.h"
#include "support/temp_dir.h"

#include <doctest/doctest.h>

using namespace imsearch;

TEST_SUITE("io") {
  // The digests are the examples of FIPS 180-4.
  TEST_CASE("sha256 gives the standard's digests") {
    const test::TempDir dir;
    CHECK(sha256_of_file(dir.write("empty", "")) ==
          "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(sha256_of_file(dir.write("abc", "abc")) ==
          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  }

  TEST_CASE("sha256 of a file longer than the buffer") {
    const test::TempDir dir;
    CHECK(sha256_of_file(dir.write("a", std::string(1000000, 'a'))) ==
          "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  }

  TEST_CASE("sha256 of a missing file names it") {
    CHECK_THROWS_WITH_AS(sha256_of_file("/nowhere/w.h5"),
                         "/nowhere/w.h5: No such file or directory", Error);
  }
}
