#include "protocol/similar.h"

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
                               {{"row", "4294967296"}},
                               {{"row", "1"}, {"name", "a"}},
                               {{"top", "3"}}})
    CHECK_THROWS_AS(read(wrong), RequestError);
  CHECK_THROWS_AS(read(Parameters(101, {"only", "x"})), RequestError);
}

TEST_CASE("a feature becomes a unit vector") {
  const AskedVector asked = asked_feature({3, 4}, "x");
  CHECK(asked.unit == std::vector<float>{.6F, .8F});
  CHECK_THROWS_AS(asked_feature({NAN, 1}, "x"), RequestError);
}

TEST_SUITE_END();
