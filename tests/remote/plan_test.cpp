// remote/plan.h and remote/cluster.h, as far as no service is needed.
#include "remote/plan.h"

#include "support/contains.h"

#include <doctest/doctest.h>

TEST_SUITE_BEGIN("remote");

using namespace imsearch;
using imsearch::test::contains;

namespace {

ServiceInfo opensearch(int major) {
  ServiceInfo service;
  service.kind = ServiceKind::kOpenSearch;
  service.major = major;
  service.minor = 19;
  return service;
}

ServiceInfo elasticsearch() {
  ServiceInfo service;
  service.kind = ServiceKind::kElasticsearch;
  service.major = 8;
  service.minor = 19;
  return service;
}

Cluster cluster_of(std::size_t nodes, double memory_gb, double disk_gb) {
  Cluster cluster;
  for (std::size_t i = 0; i < nodes; ++i)
    cluster.nodes.push_back(
        {"n", 2, 8e9, memory_gb * 1e9, 1e12, disk_gb * 1e9});
  return cluster;
}

IndexSpec spec_of(const std::string& engine) {
  IndexSpec spec;
  spec.dim = 1280;
  spec.engine = engine;
  spec.shards = 1;
  return spec;
}

}  // namespace

TEST_CASE("the reference's graphs did not fit, and the plan says so") {
  // r5.large: 16 GB, half of it heap, of the rest the plugin took 60 % then.
  Cluster cluster = cluster_of(1, 16, 500);
  cluster.knn_share = 0.6;
  const LoadPlan plan =
      plan_load(opensearch(2), cluster, spec_of("faiss"), 991257, false);
  CHECK(plan.memory_bytes == doctest::Approx(6.0e9).epsilon(0.01));
  REQUIRE(plan.obstacles.size() == 1);
  CHECK(contains(plan.obstacles[0], "6.0 GB"));
  CHECK(contains(plan.obstacles[0], "4.8 GB"));
  CHECK(contains(plan.obstacles[0], "Take 2 such nodes"));
}

TEST_CASE("the same on a machine with more memory fits") {
  const LoadPlan plan = plan_load(opensearch(2), cluster_of(1, 32, 500),
                                  spec_of("faiss"), 991257, false);
  CHECK(plan.obstacles.empty());
}

TEST_CASE("replicas need their share of memory and disk") {
  const IndexSpec one = spec_of("lucene");
  IndexSpec two = one;
  two.replicas = 1;
  const Cluster cluster = cluster_of(3, 32, 500);
  const LoadPlan plain = plan_load(opensearch(3), cluster, one, 1000000, false);
  const LoadPlan copied =
      plan_load(opensearch(3), cluster, two, 1000000, false);
  CHECK(copied.memory_bytes == doctest::Approx(2 * plain.memory_bytes));
  CHECK(copied.disk_bytes == doctest::Approx(2 * plain.disk_bytes));
  // Copies are made when merging is over.
  CHECK(copied.merging_disk_bytes == doctest::Approx(plain.merging_disk_bytes));
  CHECK(plan_load(opensearch(3), cluster, two, 1000000, true)
            .merging_disk_bytes ==
        doctest::Approx(2 * plain.merging_disk_bytes));
}

TEST_CASE("a full disk is an obstacle") {
  // 150 GB of 1 TB must stay free.
  const LoadPlan plan = plan_load(opensearch(3), cluster_of(1, 64, 155),
                                  spec_of("lucene"), 1000000, false);
  REQUIRE(plan.obstacles.size() == 1);
  CHECK(contains(plan.obstacles[0], "watermark"));
}

TEST_CASE("shards stay below 30 GB") {
  const RowNeeds needs = row_needs(elasticsearch(), spec_of("lucene"));
  CHECK(shards_for(1000, needs) == 1);
  const LoadPlan plan =
      plan_load(elasticsearch(), {}, spec_of("lucene"), 10000000, false);
  const std::size_t shards = shards_for(10000000, needs);
  const double shard = plan.disk_bytes / static_cast<double>(shards);
  CHECK(shard <= 30e9);
  CHECK(shard > 25e9);
}

TEST_CASE("what the nodes do not say is not an obstacle") {
  const LoadPlan plan =
      plan_load(opensearch(3), Cluster(), spec_of("faiss"), 1000000000, false);
  CHECK(plan.obstacles.empty());
}

TEST_CASE("more replicas than other nodes are worth a remark") {
  IndexSpec spec = spec_of("lucene");
  spec.replicas = 1;
  CHECK(plan_load(opensearch(3), cluster_of(1, 64, 900), spec, 1000, false)
            .remarks.size() == 1);
  CHECK(plan_load(opensearch(3), cluster_of(2, 64, 900), spec, 1000, false)
            .remarks.empty());
}

TEST_CASE("limits are shares or bytes") {
  CHECK(share_of("50%", 0) == doctest::Approx(0.5));
  CHECK(share_of("0.85", 0) == doctest::Approx(0.85));
  CHECK(share_of("4gb", 8.0 * (1 << 30)) == doctest::Approx(0.5));
  CHECK(share_of("512mb", 1 << 30) == doctest::Approx(0.5));
  CHECK(!share_of("4gb", 0));
  CHECK(!share_of("", 1));
  CHECK(!share_of("much", 1));
  CHECK(!share_of("-5%", 1));
}

TEST_SUITE_END();
