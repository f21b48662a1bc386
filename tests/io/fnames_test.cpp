#include "io/fnames.h"

#include "base/error.h"
#include "support/temp_dir.h"

#include <doctest/doctest.h>

using namespace imsearch;
using namespace std::string_literals;

namespace {

std::vector<std::string> list(const Names& names) {
  std::vector<std::string> result;
  for (std::size_t i = 0; i < names.size(); ++i) result.emplace_back(names[i]);
  return result;
}

using List = std::vector<std::string>;

}  // namespace

TEST_SUITE("io") {
  TEST_CASE("names are split with or without a last newline") {
    CHECK(list(split_names("a.jpg\nb.jpg\n", Separator::kNewline)) ==
          List{"a.jpg", "b.jpg"});
    CHECK(list(split_names("a.jpg\nb.jpg", Separator::kNewline)) ==
          List{"a.jpg", "b.jpg"});
  }

  TEST_CASE("an empty line is an empty name, so that rows stay in step") {
    CHECK(list(split_names("a\n\nb\n", Separator::kNewline)) ==
          List{"a", "", "b"});
    CHECK(list(split_names("\n", Separator::kNewline)) == List{""});
    CHECK(split_names("", Separator::kNewline).empty());
  }

  TEST_CASE("names are bytes: everything but the separator stays") {
    CHECK(list(split_names(" \xFF\t\r\0x\n"s, Separator::kNewline)) ==
          List{" \xFF\t\r\0x"s});
    CHECK(list(split_names("a\nb\0c"s, Separator::kNul)) == List{"a\nb", "c"});
  }

  TEST_CASE("names can be appended one by one") {
    Names names;
    names.append("a");
    names.append("");
    names.append("bc");
    CHECK(list(names) == List{"a", "", "bc"});
  }

  TEST_CASE("a names file is read, a missing one is named") {
    const test::TempDir dir;
    const std::string path = dir.write("fnames.txt", "x\ny\n");
    CHECK(list(read_names(path)) == List{"x", "y"});
    CHECK_THROWS_WITH_AS(read_names(dir / "none"),
                         (dir / "none: No such file or directory").c_str(),
                         Error);
    CHECK_THROWS_WITH_AS(read_names(dir.path()),
                         (dir.path() + ": Is a directory").c_str(), Error);
  }

  TEST_CASE("a file of names is read in order, from any row on") {
    const test::TempDir dir;
    for (const std::string end : {"", "\n"}) {
      const NamesFile file(dir.write("names", "a\n\nb\xFF" + end),
                           Separator::kNewline);
      CHECK(file.size() == 3);
      NamesFile::Reader all(file, 0);
      CHECK(all.next() == "a");
      CHECK(all.next().empty());
      CHECK(all.next() == "b\xFF");
      CHECK(NamesFile::Reader(file, 2).next() == "b\xFF");
    }
    CHECK(NamesFile(dir.write("none", ""), Separator::kNewline).size() == 0);
    CHECK(NamesFile(dir.write("nul", "a\0b\0"s), Separator::kNul).size() == 2);
  }

  TEST_CASE("a file that has grown is known by its first names") {
    const test::TempDir dir;
    const NamesFile before(dir.write("1", "a\nb"), Separator::kNewline);
    const NamesFile after(dir.write("2", "a\nb\nc\n"), Separator::kNewline);
    CHECK(before.fingerprint(2) == after.fingerprint(2));
    CHECK(before.fingerprint(2) != after.fingerprint(3));
    const NamesFile other(dir.write("3", "ab\n\n"), Separator::kNewline);
    CHECK(before.fingerprint(2) != other.fingerprint(2));
  }
}
