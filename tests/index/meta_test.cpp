// The section `meta`, as anyone may have written it.
#include "index/index_meta.h"

#include "base/error.h"
#include "support/contains.h"

#include <doctest/doctest.h>

#include <string>

using namespace imsearch;
using imsearch::test::contains;

namespace {

std::string error_of(const std::string& meta) {
  IndexInfo info;
  try {
    meta_from_json(meta, "x.index", info);
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

}  // namespace

TEST_SUITE("index") {
  TEST_CASE("fault 16: a meta section of any depth is an error and no crash") {
    const std::string deep =
        std::string(200'000, '[') + std::string(200'000, ']');
    const std::string expected =
        "x.index: section meta: malformed JSON: nested more than 100 deep";
    CHECK(error_of(R"({"vectors":)" + deep + R"(,"sources":[]})") == expected);
    CHECK(error_of(R"({"vectors":{"dim":4},"sources":)" + deep + "}") ==
          expected);
    CHECK(error_of(R"({"vectors":{"dim":4},"sources":[],"a":)" + deep + "}") ==
          expected);
  }

  TEST_CASE("rows that are gone are read as they were written") {
    IndexInfo info;
    info.rows = 100'000;
    info.dim = 4;
    IndexInfo read;
    read.rows = info.rows;
    meta_from_json(meta_to_json(info), "x.index", read);
    CHECK(read.gone.empty());
    CHECK(meta_to_json(info).find("gone") == std::string::npos);
    info.gone = {0, 7, 8, 70'000, 99'999};
    meta_from_json(meta_to_json(info), "x.index", read);
    CHECK(read.gone == info.gone);
    CHECK(error_of(meta_to_json(info)) ==
          "x.index: section meta: row 99999 is gone, of 0");
    CHECK(contains(error_of(R"({"vectors":{"dim":4},"sources":[],"gone":7})"),
                   "x.index: section meta: "));
  }

  TEST_CASE("a meta section of other members is an error that names it") {
    for (const char* meta :
         {R"([])", R"({"vectors":3,"sources":[]})", R"({"vectors":{"dim":4}})",
          R"({"vectors":{"dim":4},"sources":[{"path":[256],"rows":1}]})"}) {
      CAPTURE(meta);
      CHECK(error_of(meta).rfind("x.index: section meta: ", 0) == 0);
    }
    CHECK(error_of(R"({"vectors":{"dim":4},"sources":[]})").empty());
  }
}
