// The plan of a load, as it is told before anything is written.
#include "remote/plan.h"

#include <doctest/doctest.h>

#include <string>

TEST_SUITE_BEGIN("remote");

using namespace imsearch;

namespace {

ServiceInfo opensearch() {
  ServiceInfo service;
  service.version = "2.19.6";
  return service;
}

IndexSpec two_shards() {
  IndexSpec spec;
  spec.dim = 1000;
  spec.engine = "faiss";
  spec.shards = 2;
  spec.replicas = 1;
  return spec;
}

/// The plan of a million rows of such an index.
LoadPlan plan_of_a_million() {
  LoadPlan plan;
  plan.rows = 1'000'000;
  plan.needs.memory = 4822.4;
  plan.needs.disk = 9000;
  plan.memory_bytes = 9.6e9;
  plan.disk_bytes = 18e9;
  plan.merging_disk_bytes = 36e9;
  return plan;
}

}  // namespace

TEST_CASE("a plan for nodes that are not known says what is needed") {
  CHECK(plan_text(opensearch(), {}, two_shards(), plan_of_a_million(),
                  "as asked") ==
        "OpenSearch 2.19.6: 1,000,000 rows of 1000 floats, engine faiss (as "
        "asked), space cosine, M 48, efConstruction 128\n"
        "2 shards of 4.5 GB, 1 replica each\n"
        "needs 9.6 GB of memory beside the heaps to be searched from (4822 "
        "bytes a row), 18 GB of disk, 36 GB while it is merged\n");
}

TEST_CASE("nodes are told with their share, segments by their heaps") {
  Cluster cluster;
  cluster.nodes = {{"a", 4, 1e9, 8e9, 100e9, 50e9},
                   {"b", 4, 1e9, 8e9, 100e9, 60e9}};
  cluster.not_known = {"settings"};
  LoadPlan plan = plan_of_a_million();
  plan.remarks = {"a remark"};
  const std::string text =
      plan_text(opensearch(), cluster, two_shards(), plan, "");
  CAPTURE(text);
  // 4 GB of floats, of which a tenth of 2 GB are gathered at a time.
  CHECK(text.find("; some 20 segments while loading, 1 a shard after the "
                  "merge\n") != std::string::npos);
  CHECK(text.find("  on each of 2 nodes 4.8 GB of memory, 9.0 GB of disk\n") !=
        std::string::npos);
  CHECK(text.find("  a: 4 cores, 8.0 GB of memory of which 1.0 GB are its "
                  "heap, 50 GB of 100 GB disk free\n") != std::string::npos);
  CHECK(text.find("  not known: settings\n") != std::string::npos);
  CHECK(text.substr(text.size() - 10) == "\na remark\n");
}

TEST_CASE("Elasticsearch is told without an engine, compression where it is") {
  ServiceInfo service;
  service.kind = ServiceKind::kElasticsearch;
  service.version = "8.19.0";
  IndexSpec spec = two_shards();
  spec.compression = 8;
  spec.shards = 1;
  spec.replicas = 0;
  const std::string text = plan_text(service, {}, spec, plan_of_a_million(),
                                     "Elasticsearch has no "
                                     "other");
  CHECK(text.rfind("Elasticsearch 8.19.0: 1,000,000 rows of 1000 floats, "
                   "space cosine, M 48, efConstruction 128, compression 8x\n"
                   "1 shard of 9.0 GB, 0 replicas each\n",
                   0) == 0);
}
