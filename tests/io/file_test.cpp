#include "io/file.h"

#include "support/temp_dir.h"

#include <doctest/doctest.h>

#include <filesystem>

using namespace imsearch;

TEST_SUITE("io") {
  TEST_CASE("names are told from folders, links are followed") {
    const test::TempDir dir;
    dir.write("f", "");
    std::filesystem::create_symlink("nowhere", dir / "dangling");
    CHECK(file_exists(dir / "f"));
    CHECK(file_exists(dir.path()));
    CHECK_FALSE(file_exists(dir / "dangling"));
    CHECK(is_directory(dir.path()));
    CHECK_FALSE(is_directory(dir / "f"));
  }

  TEST_CASE("the folder of a path") {
    CHECK(parent_folder("a/b.bin") == "a");
    CHECK(parent_folder("b.bin") == ".");
    CHECK(parent_folder("/b.bin") == "/");
    CHECK(parent_folder("/a/b") == "/a");
  }

  TEST_CASE("the last component of a path") {
    CHECK(base_name("a/b.bin") == "b.bin");
    CHECK(base_name("b.bin") == "b.bin");
    CHECK(base_name("/b") == "b");
    CHECK(base_name("a/").empty());
    CHECK(base_name("").empty());
  }

  TEST_CASE("the ending of a name is not that of its folder") {
    CHECK(ending_of("a.d/b.JPG") == "jpg");
    CHECK(ending_of("a.d/b").empty());
    CHECK(ending_of("a/.jpg").empty());
  }

  TEST_CASE("free space is told for a path that is not there yet") {
    const test::TempDir dir;
    CHECK(free_disk_bytes(dir / "later.bin").value_or(0) > 0);
    CHECK_FALSE(free_disk_bytes("/nowhere/at/all").has_value());
  }
}
