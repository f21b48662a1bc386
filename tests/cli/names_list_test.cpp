// Lists of names that were written in another way than they are read.
#include "cli/collection.h"
#include "io/file.h"
#include "support/contains.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace imsearch;
using imsearch::test::contains;
using test::Collection;
using test::RunOptions;
using test::RunResult;

namespace {

struct Reader {
  std::string name;
  std::vector<std::string> command;
};

/// Every command that reads names, from standard input where it can, else from
/// the file "list". Run in a Collection of 3 rows.
const std::vector<Reader>& readers() {
  static const std::vector<Reader> kReaders = {
      {"extract",
       {"extract", "-o", "v.bin", "-n", "v.txt", "--files-from", "-"}},
      {"query", {"query", "-"}},
      {"delete", {"build-index", "--delete", "-"}},
      {"names", {"build-index", "-n", "-", "-o", "other.index"}},
      {"push", {"push", "http://127.0.0.1:1/i", "-n", "list"}}};
  return kReaders;
}

RunResult read_by(const Reader& reader, const std::string& list,
                  bool null = false) {
  const Collection collection(3);
  collection.build();
  collection.write("list", list);
  RunOptions options;
  options.input = list;
  options.environment = {"IMSEARCH_WEIGHTS="};
  std::vector<std::string> command = reader.command;
  if (null) command.emplace_back("-0");
  return collection.run(command, options);
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos;
       at = text.find(part, at + 1))
    ++found;
  return found;
}

const std::string kThree = "0.jpg\n1.jpg\n2.jpg\n";
const std::string kThreeNul("0.jpg\0001.jpg\0002.jpg\0", 18);

}  // namespace

TEST_SUITE("cli") {
  TEST_CASE("fault 9: names that end with NUL, read as lines, name -0") {
    for (const Reader& reader : readers()) {
      CAPTURE(reader.name);
      const RunResult result = read_by(reader, kThreeNul);
      CHECK(result.status == 1);
      CHECK(contains(result.err, "are read with -0"));
      CHECK(contains(result.err,
                     reader.name == "push" ? "list: " : "standard input: "));
      // A co-process answers each path: here with its end alone.
      CHECK(result.out == (reader.name == "query" ? "\n" : ""));
      // One of them alone, too.
      CHECK(contains(read_by(reader, kThreeNul.substr(0, 6)).err, "with -0"));
    }
  }

  TEST_CASE("fault 9: lines read as one name that ends with NUL name -0") {
    for (const Reader& reader : readers()) {
      CAPTURE(reader.name);
      const RunResult result = read_by(reader, kThree, true);
      CHECK(result.status == 1);
      CHECK(contains(result.err, "without -0"));
    }
  }

  TEST_CASE("fault 9: a byte-order mark and CRs are said once each") {
    for (const Reader& reader : readers()) {
      CAPTURE(reader.name);
      const RunResult result = read_by(reader,
                                       "\xEF\xBB\xBF"
                                       "0.jpg\r\n1.jpg\r\n2.jpg\r\n");
      CHECK(count(result.err, "byte-order mark") == 1);
      CHECK(count(result.err, "tr -d '\\r'") == 1);
      const RunResult plain = read_by(reader, kThree);
      CHECK(count(plain.err, "byte-order mark") == 0);
      CHECK(count(plain.err, "tr -d") == 0);
    }
  }

  TEST_CASE("fault 9: a list in UTF-16 is an error that says how to read it") {
    const std::string wide(
        "\xFF\xFE"
        "0\0.\0j\0p\0g\0\n\0",
        14);
    for (const Reader& reader : readers()) {
      CAPTURE(reader.name);
      const RunResult result = read_by(reader, wide);
      CHECK(result.status == 1);
      CHECK(contains(result.err, "iconv -f UTF-16"));
    }
  }

  TEST_CASE("fault 21: an image where paths are read is called one") {
    const std::string jpeg("\xFF\xD8\xFF\xE0\0\x10JFIF\0\1\n\xFF\xDB", 16);
    const std::string png("\x89PNG\r\n\x1A\n\0\0\0\rIHDR", 16);
    for (const Reader& reader : readers()) {
      CAPTURE(reader.name);
      for (const bool null : {false, true}) {
        const RunResult result = read_by(reader, jpeg, null);
        CHECK(result.status == 1);
        CHECK(contains(result.err, ": a JPEG image, where"));
      }
      CHECK(contains(read_by(reader, png).err, ": a PNG image, where"));
    }
  }

  TEST_CASE("fault 9: find -print0 loses no photo without a word") {
    const Collection photos(0);
    for (const char* name : {"a.ppm", "b.ppm"})
      photos.write(name, "P6\n1 1\n255\nrgb");
    RunOptions options;
    options.environment = {"IMSEARCH_WEIGHTS="};
    options.input = std::string("a.ppm\0b.ppm\0", 12);
    CHECK(photos.run({"extract", "--files-from", "-"}, options).status == 1);
    CHECK_FALSE(file_exists(photos.path("fvecs.bin")));
    CHECK(photos.run({"extract", "-0", "--files-from", "-"}, options).status ==
          0);
    CHECK(photos.read("fnames.txt") == options.input);
  }
}
