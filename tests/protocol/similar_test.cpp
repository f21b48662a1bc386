#include "protocol/similar.h"
#include "index/sample.h"
#include "support/temp_dir.h"

#include <doctest/doctest.h>

#include <cmath>

TEST_SUITE_BEGIN("protocol");

using namespace imsearch;

namespace {

using Parameters = std::vector<std::pair<std::string, std::string>>;

SimilarRequest read(const Parameters& parameters) {
  Request request;
  request.parameters = parameters;
  return read_similar(request, 256);
}

/// Of 40 rows: its path.
std::string index_of_forty(const test::TempDir& folder) {
  const VectorSet set(
      {folder.write("fvecs.bin", test::raw_bytes(test::random_rows(40, 8, 1)))},
      8);
  const std::string path = folder / "i.index";
  test::fit_and_build(set, test::numbered_names(40), {}, {}, 1, path, {});
  return path;
}

}  // namespace

TEST_CASE("parameters are named like query's options") {
  const SimilarRequest plain = read({});
  CHECK(plain.search.k == 10);
  CHECK(plain.search.ef == 256);
  CHECK_FALSE(plain.distinct);
  const SimilarRequest all = read({{"k", "3"},
                                   {"ef", "99"},
                                   {"exact", "true"},
                                   {"threshold", "0.5"},
                                   {"only", "*.jpg"},
                                   {"only", "a"},
                                   {"not", "b"},
                                   {"row", "4"},
                                   {"distinct", "0.95"}});
  CHECK(all.search.k == 3);
  CHECK(all.search.ef == 99);
  CHECK(all.search.exact);
  CHECK(all.threshold == .5F);
  CHECK(all.search.name_rules.only == std::vector<std::string>{"*.jpg", "a"});
  CHECK(all.search.name_rules.without == std::vector<std::string>{"b"});
  CHECK(all.row == 4);
  CHECK(all.distinct);
  CHECK(all.duplicates == .95F);
  CHECK(read({{"distinct", ""}}).distinct);
  CHECK_FALSE(read({{"distinct", "false"}}).distinct);
}

TEST_CASE("wrong ones are refused") {
  for (const Parameters& wrong :
       std::vector<Parameters>{{{"k", "0"}},
                               {{"k", "10001"}},
                               {{"k", "1x"}},
                               {{"threshold", "nan"}},
                               {{"threshold", "1.01"}},
                               {{"exact", "perhaps"}},
                               {{"distinct", "2"}},
                               {{"only", ""}},
                               {{"not", std::string(257, 'x')}},
                               {{"ef", "0"}},
                               {{"row", "4294967296"}},
                               {{"row", "1"}, {"name", "a"}},
                               {{"row", "1"}, {"row", "2"}},
                               {{"k", "2"}, {"k", "2"}},
                               {{"name", "a"}, {"name", "b"}},
                               {{"top", "3"}}})
    CHECK_THROWS_AS(read(wrong), RequestError);
  CHECK_THROWS_AS(read(Parameters(101, {"only", "x"})), RequestError);
}

TEST_CASE("a feature becomes a unit vector") {
  const AskedVector asked = asked_feature({3, 4}, "x");
  CHECK(asked.unit == std::vector<float>{.6F, .8F});
  CHECK_THROWS_AS(asked_feature({NAN, 1}, "x"), RequestError);
}

TEST_CASE("patterns that match no name are told") {
  const test::TempDir folder;
  const OpenedIndex opened(index_of_forty(folder));
  const std::string name(opened.index().name(7));
  const auto answer = [&](Parameters parameters) {
    parameters.emplace_back("row", "3");
    const SimilarRequest request = read(parameters);
    return similar_answer(opened, request, asked_row(opened, request),
                          deadline_from_now());
  };
  const std::string end = "}],\"unmatched\":[\"x\\\"\",\"zzz\"]}\n";
  for (int i = 0; i < 2; ++i) {
    const std::string said = answer(
        {{"only", name}, {"only", "x\""}, {"not", "zzz"}, {"not", "*3*"}});
    CHECK(said.substr(said.size() - end.size()) == end);
  }
  CHECK(answer({{"only", name}, {"not", "*3*"}}).find("unmatched") ==
        std::string::npos);
}

TEST_CASE("a search that takes too long is given up") {
  const test::TempDir folder;
  const OpenedIndex opened(index_of_forty(folder));
  const SimilarRequest request =
      read({{"row", "3"}, {"k", "40"}, {"distinct", "0.99"}});
  const AskedVector asked = asked_row(opened, request);
  CHECK(similar_answer(opened, request, asked, deadline_from_now())
            .find("\"rank\":5,") != std::string::npos);
  try {
    similar_answer(opened, request, asked, Deadline::min());
    FAIL("it was answered");
  } catch (const RequestError& e) {
    CHECK(e.status == 503);
  }
}

TEST_SUITE_END();
