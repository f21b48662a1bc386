#include "io/mapped_file.h"

#include "base/error.h"
#include "support/temp_dir.h"

#include <sys/stat.h>

#include <doctest/doctest.h>

#include <cstring>
#include <utility>

using namespace imsearch;

namespace {

std::string text(const MappedFile& file) {
  return {reinterpret_cast<const char*>(file.data()), file.size()};
}

}  // namespace

TEST_SUITE("io") {
  TEST_CASE("a mapped file shows its bytes, however it will be read") {
    const test::TempDir dir;
    const std::string path = dir.write("x", "hello");
    const MappedFile file(path);
    file.expect_random_access();
    file.expect_sequential_access();
    CHECK(text(file) == "hello");
    CHECK(file.path() == path);
  }

  TEST_CASE("a mapping outlives its move") {
    const test::TempDir dir;
    MappedFile first(dir.write("1", "one"));
    MappedFile second(dir.write("2", "two"));
    MappedFile moved(std::move(first));
    CHECK(text(moved) == "one");
    moved = std::move(second);
    CHECK(text(moved) == "two");
    CHECK(moved.path() == dir / "2");
  }

  TEST_CASE("an empty file is a mapping of no bytes") {
    const test::TempDir dir;
    const MappedFile file(dir.write("empty", ""));
    file.expect_random_access();
    CHECK(file.size() == 0);
  }

  TEST_CASE("what cannot be mapped is an error that says why") {
    const test::TempDir dir;
    const auto check = [](const std::string& path, const std::string& why) {
      CHECK_THROWS_WITH_AS(MappedFile{path}, (path + ": " + why).c_str(),
                           Error);
    };
    check(dir / "none", "No such file or directory");
    check(dir.path(), "Is a directory");
    const std::string special =
        "not a regular file, so it cannot be mapped: copy it to one";
    check("/dev/null", special);
    REQUIRE(::mkfifo((dir / "fifo").c_str(), 0600) == 0);
    check(dir / "fifo", special);  // without waiting for a writer
  }
}
