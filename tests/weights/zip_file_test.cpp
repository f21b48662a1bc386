#include "weights/zip_file.h"

#include "weights/zip_writer.h"

#include "base/error.h"
#include "support/contains.h"

#include <doctest/doctest.h>

using namespace imsearch;
using imsearch::test::contains;
using namespace imsearch::test;

namespace {

/// The error of opening an archive and reading all of it.
std::string error_of(const std::string& bytes) {
  try {
    const ZipFile zip(bytes);
    for (const std::string& name : zip.names()) zip.read(name);
  } catch (const Error& e) {
    return e.what();
  }
  return "";
}

}  // namespace

TEST_SUITE("embed") {
  TEST_CASE("stored and deflated entries are read from a zip") {
    const std::string large(100'000, 'x');
    const std::string bytes = zip_of({{"a", "first"},
                                      {"b/c", large, true},
                                      {"empty", ""},
                                      {"d", "4", true}});
    const ZipFile zip(bytes);
    CHECK(zip.names() == std::vector<std::string>{"a", "b/c", "empty", "d"});
    CHECK(zip.read("a") == "first");
    CHECK(zip.read("b/c") == large);
    CHECK(zip.size_bytes("b/c") == large.size());
    CHECK(zip.read("empty").empty());
    CHECK(zip.has("d"));
    CHECK_FALSE(zip.has("c"));
    CHECK_THROWS_WITH_AS(zip.read("\n"), "no entry ?", Error);
  }

  TEST_CASE("ZIP64 is read, and its claim of entries is checked") {
    const std::vector<ZipEntry> entries = {{"a", "1"}, {"b", "2"}};
    const std::string bytes = zip64_of(entries, 2);
    CHECK(ZipFile(bytes).read("b") == "2");
    for (const std::uint64_t count :
         {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{3},
          std::uint64_t{1} << 32, std::uint64_t{1} << 60, ~std::uint64_t{0}})
      CHECK(contains(error_of(zip64_of(entries, count)), "broken zip"));
  }

  TEST_CASE("an entry that would grow beyond measure is refused") {
    CHECK(contains(error_of(zip_of({{"a", "x", true, 0xfffffff0U}})),
                   "a would have 4294967280 bytes, in an archive of"));
    CHECK(contains(error_of(zip_of({{"a", "x", false, 0xfffffff0U}})),
                   "broken zip: a"));
  }

  TEST_CASE("sizes and checksums are verified") {
    CHECK(contains(error_of(zip_of({{"a", "12345", true, 3U}})),
                   "broken zip: a"));
    CHECK(contains(error_of(zip_of({{"a", "12345", true, 7U}})),
                   "broken zip: a"));
    CHECK(contains(error_of(zip_of({{"a", "12345", false, {}, 7U}})), "CRC"));
    CHECK(contains(error_of(zip_of({{"a", "12345", true, {}, 7U}})), "CRC"));
  }

  TEST_CASE("a zip cut anywhere is an error") {
    const std::string whole = zip_of({{"a", "first"}, {"b", "second", true}});
    REQUIRE(error_of(whole).empty());
    // libzip takes no bytes at all for an empty archive.
    CHECK(ZipFile("").names().empty());
    for (std::size_t size = 1; size < whole.size(); ++size) {
      INFO(size);
      CHECK_FALSE(error_of(whole.substr(0, size)).empty());
    }
  }
}
