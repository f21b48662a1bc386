#include "protocol/search_request.h"

#include "protocol/name_query.h"

#include <doctest/doctest.h>

#include <string>

TEST_SUITE_BEGIN("protocol");

using namespace imsearch;

namespace {

const ServedFields kFields = {"fvec", 3};

SearchRequest read(const std::string& body) {
  Request request;
  request.body = body;
  return read_search(request, kFields);
}

bool matches(const std::string& clause, std::uint32_t row,
             const std::string& name) {
  return NameMatcher(read("{\"query\":" + clause + "}").filter)
      .matches(row, name);
}

}  // namespace

TEST_CASE("OpenSearch's dialect") {
  const SearchRequest search =
      read(R"({"size":5,"_source":false,"query":{"knn":{"fvec":{
        "vector":[1,2.5,-3e-1],"k":7,"method_parameters":{"ef_search":99},
        "filter":{"term":{"name":"x"}}}}}})");
  CHECK(search.vector == std::vector<float>{1, 2.5F, -.3F});
  CHECK(search.k == 7);
  CHECK(search.ef == 99);
  CHECK(search.size == 5);
  CHECK_FALSE(search.exact);
  CHECK_FALSE(search.source.has_value());
  CHECK(search.filter.kind == NameQuery::Kind::kNames);
  CHECK(search.takes_long());
}

TEST_CASE("Elasticsearch's dialect") {
  const SearchRequest search =
      read(R"({"knn":[{"field":"fvec","query_vector":[1,2,3],"k":4,
        "num_candidates":50}],"_source":["na*"],"fields":["name"]})");
  CHECK(search.k == 4);
  CHECK(search.ef == 50);
  CHECK(search.source->name);
  CHECK(search.source->name_base64);
  CHECK_FALSE(search.source->vector);
  CHECK(search.fields.name);
  CHECK_FALSE(search.takes_long());
}

TEST_CASE("large searches wait for their turn") {
  const auto large = [&](const std::string& members, const std::string& k) {
    return read("{" + members + R"("query":{"knn":{"fvec":{"vector":[1,2,3],)" +
                R"("k":)" + k + "}}}}")
        .takes_long();
  };
  CHECK_FALSE(large("", "10"));
  CHECK_FALSE(large(R"("size":20,)", "1000"));
  CHECK(large("", "1001"));
  CHECK(large(R"("size":21,)", "21"));
  CHECK_FALSE(large(R"("size":1000,"_source":false,)", "1000"));
  CHECK_FALSE(large(R"("size":1000,"_source":"name",)", "1000"));
  CHECK(large(R"("size":100,"_source":false,"docvalue_fields":["fvec"],)",
              "100"));
  CHECK(read(R"({"knn":{"field":"fvec","query_vector":[1,2,3],"k":4,
        "num_candidates":5000}})")
            .takes_long());
}

TEST_CASE("an exact search finds as many as are shown") {
  const SearchRequest search =
      read(R"({"from":3,"size":4,"query":{"script_score":{
        "query":{"match_all":{}},"script":{"source":"knn_score","lang":"knn",
        "params":{"field":"fvec","query_value":[1,2,3],
        "space_type":"l2"}}}}})");
  CHECK(search.exact);
  CHECK(search.k == 7);
  CHECK(search.space == "l2");
}

TEST_CASE("parameters count beside the body") {
  Request request;
  request.parameters = {{"size", "2"},
                        {"from", "1"},
                        {"_source", "name"},
                        {"rest_total_hits_as_int", "true"}};
  const SearchRequest search = read_search(request, kFields);
  CHECK(search.size == 2);
  CHECK(search.from == 1);
  CHECK(search.total_as_number);
  CHECK_FALSE(search.source->vector);
  request.parameters = {{"size", "-2"}};
  CHECK_THROWS_AS(read_search(request, kFields), RequestError);
}

TEST_CASE("clauses about names") {
  CHECK(matches(R"({"match_all":{}})", 1, "x"));
  CHECK(matches(R"({"term":{"_id":"7"}})", 7, "x"));
  CHECK_FALSE(matches(R"({"term":{"_id":"07"}})", 7, "x"));
  CHECK(matches(R"({"term":{"name_base64":"/w=="}})", 0, "\xFF"));
  CHECK_FALSE(matches(R"({"term":{"name_base64":"eA=="}})", 0, "x"));
  CHECK(matches(R"({"wildcard":{"name":"a[*]?"}})", 0, "a[b]c"));
  CHECK_FALSE(matches(R"({"wildcard":{"name":"a\\*"}})", 0, "ab"));
  CHECK(matches(R"({"wildcard":{"name":"a\\*"}})", 0, "a*"));
  CHECK(matches(R"({"bool":{"must_not":[{"prefix":{"name":"b"}}]}})", 0, "a"));
  // "should" decides nothing beside what must be, unless it is told to.
  CHECK(matches(R"({"bool":{"must":{"prefix":{"name":"a"}},
                    "should":{"prefix":{"name":"b"}}}})",
                0, "a"));
  CHECK_FALSE(matches(R"({"bool":{"must":{"prefix":{"name":"a"}},
                    "should":{"prefix":{"name":"b"}},
                    "minimum_should_match":1}})",
                      0, "a"));
}

TEST_CASE("what is not understood is an error") {
  for (const char* body :
       {"",
        "{",
        "[]",
        "1",
        R"({"size":1.5})",
        R"({"size":"1"})",
        R"({"size":10001})",
        R"({"size":6000,"from":6000})",
        R"({"query":{"knn":{"fvec":{"k":1}}}})",
        R"({"query":{"knn":{"fvec":{"vector":[1,2,3]}}}})",
        R"({"query":{"knn":{"fvec":{"vector":[1,2],"k":1}}}})",
        R"({"query":{"knn":{"fvec":{"vector":[1,2,3,4],"k":1}}}})",
        R"({"query":{"knn":{"fvec":{"vector":[1,2,1e39],"k":1}}}})",
        R"({"query":{"knn":{"fvec":{"vector":[1,2,null],"k":1}}}})",
        R"({"query":{"knn":{"other":{"vector":[1,2,3],"k":1}}}})",
        R"({"knn":{"query_vector":[1,2,3],"k":1}})",
        R"({"query":{"match_all":{}},"knn":{"field":"fvec",
            "query_vector":[1,2,3],"k":1}})",
        R"({"query":{"term":{"name":"a"},"prefix":{"name":"a"}}})",
        R"({"query":{"script_score":{"script":{"source":"1"}}}})",
        R"({"query":{"bool":{"minimum_should_match":2}}})",
        R"({"docvalue_fields":["colour"]})",
        R"({"aggs":{}})"})
    if (std::string(body).empty())
      CHECK_NOTHROW(read(body));
    else
      CHECK_THROWS_AS(read(body), RequestError);
}

TEST_CASE("bounds") {
  CHECK_THROWS_AS(read(std::string(kMostJsonBytes + 1, ' ')), RequestError);
  CHECK_THROWS_AS(read(std::string(1000, '[') + std::string(1000, ']')),
                  RequestError);
  std::string clauses = R"({"query":{"bool":{"must":[)";
  for (std::size_t i = 0; i <= kMostClauses; ++i)
    clauses += R"({"match_all":{}},)";
  clauses.back() = ']';
  CHECK_THROWS_AS(read(clauses + "}}}"), RequestError);
  CHECK_THROWS_AS(read(R"({"query":{"wildcard":{"name":")" +
                       std::string(kLongestPattern + 1, '*') + "\"}}}"),
                  RequestError);
  // A large text does not keep the memory for later ones: these go on.
  read("{\"size\":1" + std::string(1 << 20, ' ') + "}");
  CHECK(read("{\"size\":2}").size == 2);
}

TEST_CASE("lines of _msearch") {
  const auto lines =
      read_search_lines("{\"index\":\"a\"}\n{}\n\n{}\n{\"x\":1}");
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].index == "a");
  CHECK(lines[1].index.empty());
  CHECK(lines[1].body == "{\"x\":1}");
  for (const char* body : {"", "{}", "{}\n", "{}\n\n", "[]\n{}\n"})
    CHECK_THROWS_AS(read_search_lines(body), RequestError);
}

TEST_SUITE_END();
