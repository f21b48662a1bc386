// The ledger's text: what is written is read again, columns are found by their
// names, and what is malformed is refused.
#include "io/ledger.h"

#include "base/error.h"
#include "support/temp_dir.h"

#include <doctest/doctest.h>

#include <string>

namespace {

using namespace imsearch;

FileFacts facts(std::uint64_t bytes) {
  FileFacts facts;
  facts.known = true;
  facts.bytes = bytes;
  facts.modified_ns = 1'700'000'000'123'456'789;
  facts.content = {0x0123456789abcdef, bytes};
  return facts;
}

Ledger read_text(const std::string& text, std::size_t max_rows = 10) {
  const test::TempDir dir;
  dir.write("v.ledger.tsv", text);
  return read_ledger(dir / "v", max_rows);
}

const std::string kOldHead =
    "row\tstate\tbytes\tmodified\txxh3_128\tname\treason\n";
const std::string kHash(32, 'a');

}  // namespace

TEST_SUITE("io") {
  TEST_CASE("what is written is read again, pictures too") {
    Ledger ledger;
    ledger.rows.push_back({facts(10), false});
    ledger.rows.push_back({facts(20), true});
    ledger.rows.push_back({});
    ledger.rows[0].facts.picture = {4000, 3000, 0x00000000000000ff};
    ledger.rows[1].facts.picture = {1, 1, std::nullopt};
    ledger.bad.push_back({"b\tad", facts(5), "no\nimage"});
    Names names;
    for (const char* name : {"a", "tab\there", "c"}) names.append(name);
    const std::string text = to_text(ledger, names);
    CHECK(text.substr(0, text.find('\n')) ==
          "row\tstate\tbytes\tmodified\txxh3_128\tname\treason\twidth\theight\t"
          "phash");
    CHECK(text.find("\t4000\t3000\t00000000000000ff\n") != std::string::npos);
    const Ledger again = read_text(text);
    REQUIRE(again.rows.size() == 3);
    REQUIRE(again.bad.size() == 1);
    CHECK(again.rows[0].facts.picture.width == 4000);
    CHECK(again.rows[0].facts.picture.height == 3000);
    CHECK(again.rows[0].facts.picture.phash == 0xff);
    CHECK(again.rows[1].gone);
    CHECK(again.rows[1].facts.picture.known());
    CHECK_FALSE(again.rows[1].facts.picture.phash);
    CHECK_FALSE(again.rows[2].facts.known);
    CHECK_FALSE(again.rows[2].facts.picture.known());
    CHECK(again.bad[0].name == "b\tad");
    CHECK(again.bad[0].reason == "no\nimage");
    CHECK(to_text(again, names) == text);
  }

  TEST_CASE("ledgers of older versions lack the pictures") {
    const Ledger ledger =
        read_text(kOldHead + "0\trow\t7\t1.000000000\t" + kHash +
                  "\ta.jpg\t\n" + "-\tbad\t-\t-\t-\tb.jpg\ttruncated\n");
    REQUIRE(ledger.rows.size() == 1);
    CHECK(ledger.rows[0].facts.bytes == 7);
    CHECK_FALSE(ledger.rows[0].facts.picture.known());
    CHECK(ledger.bad.at(0).reason == "truncated");
  }

  TEST_CASE("columns are found by their names, in any order, others skipped") {
    const Ledger ledger = read_text(
        "phash\tnew\treason\tname\txxh3_128\tmodified\tbytes\tstate\trow\t"
        "height\twidth\n"
        "00000000000000f0\tx\t\ta.jpg\t" +
        kHash + "\t1.000000000\t7\tgone\t0\t3\t4\n");
    REQUIRE(ledger.rows.size() == 1);
    CHECK(ledger.rows[0].gone);
    CHECK(ledger.rows[0].facts.bytes == 7);
    CHECK(ledger.rows[0].facts.picture.width == 4);
    CHECK(ledger.rows[0].facts.picture.height == 3);
    CHECK(ledger.rows[0].facts.picture.phash == 0xf0);
  }

  TEST_CASE("malformed lines are refused") {
    const std::string head =
        "row\tstate\tbytes\tmodified\txxh3_128\tname\treason\twidth\theight\t"
        "phash\n";
    const std::string good = "0\trow\t-\t-\t-\ta\t\t4\t3\t00000000000000f0\n";
    CHECK(read_text(head + good).rows.size() == 1);
    for (const char* line :
         {"0\trow\t-\t-\t-\ta\t\t4\t3\tf0\n", "0\trow\t-\t-\t-\ta\t\t0\t3\t-\n",
          "0\trow\t-\t-\t-\ta\t\t4\t-\t-\n", "0\trow\t-\t-\n",
          "1\trow\t-\t-\t-\ta\t\t-\t-\t-\n", "0\twhat\t-\t-\t-\ta\t\t-\t-\t-\n",
          "0\trow\t-\t-\t-\ta\t\t4\t3\t00000000000000f0", "\n"}) {
      CAPTURE(line);
      CHECK_THROWS_AS(read_text(head + line), Error);
    }
    CHECK_THROWS_AS(read_text("row\tstate\tbytes\n"), Error);
  }
}
