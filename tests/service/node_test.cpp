// The nodes that service.sh starts have what imsearch needs of a service.
#include "service/service.h"

#include <doctest/doctest.h>

using imsearch::test::RemoteIndex;
using imsearch::test::Service;
using nlohmann::json;

namespace {

json index_of_two_dimensions(bool elasticsearch) {
  if (elasticsearch)
    return json::parse(R"({"mappings":{"properties":{"fvec":{
      "type":"dense_vector","dims":2,"index":true,"similarity":"cosine",
      "index_options":{"type":"hnsw","m":48,"ef_construction":128}}}}})");
  return json::parse(R"({"settings":{"index":{"knn":true}},
    "mappings":{"properties":{"fvec":{"type":"knn_vector","dimension":2,
    "method":{"name":"hnsw","engine":"lucene","space_type":"cosinesimil",
    "parameters":{"m":48,"ef_construction":128}}}}}})");
}

json nearest_to_first_axis(bool elasticsearch) {
  if (elasticsearch)
    return json::parse(R"({"size":2,"_source":false,"knn":{"field":"fvec",
      "query_vector":[1,0],"k":2,"num_candidates":10}})");
  return json::parse(R"({"size":2,"_source":false,"query":{"knn":{"fvec":{
    "vector":[1,0],"k":2,"method_parameters":{"ef_search":10}}}}})");
}

}  // namespace

TEST_SUITE("service") {
  TEST_CASE("a node finds the nearest of three vectors") {
    const Service service;
    const RemoteIndex index(service);
    const bool elasticsearch = service.is_elasticsearch();
    CHECK_FALSE(index.exists());
    service.put(index.path(), index_of_two_dimensions(elasticsearch));
    CHECK(index.exists());
    service.post(index.path() + "/_bulk",
                 "{\"create\":{\"_id\":\"0\"}}\n{\"fvec\":[0,1]}\n"
                 "{\"create\":{\"_id\":\"1\"}}\n{\"fvec\":[1,1]}\n"
                 "{\"create\":{\"_id\":\"2\"}}\n{\"fvec\":[3,0]}\n");
    CHECK(index.count() == 3);
    const json answer = service.post(
        index.path() + "/_search", nearest_to_first_axis(elasticsearch).dump());
    const json& hits = answer.at("hits").at("hits");
    REQUIRE(hits.size() == 2);
    CHECK(hits[0].at("_id") == "2");
    CHECK(hits[0].at("_score").get<double>() == doctest::Approx(1.0));
    CHECK(hits[1].at("_id") == "1");
    CHECK(hits[1].at("_score").get<double>() ==
          doctest::Approx((1 + 0.70710678) / 2));
  }
}
