// What a load needs, against what the cluster has: told before anything is
// written, so that a load does not fail after hours.
//
// Sources: memory of engine faiss, OpenSearch documentation, "k-NN vector",
// "memory estimation": 1.1 (4 dim + 8 M) bytes a row; bytes on disk
// were measured (scripts/compare/push.sh).
#pragma once

#include "remote/cluster.h"
#include "remote/dialect.h"

#include <cstddef>
#include <string>
#include <vector>

namespace imsearch {

/// Bytes of one row, before replicas.
struct RowNeeds {
  double memory = 0;  // to search it fast: codes or vectors, and the graph
  double disk = 0;    // once merged
};

RowNeeds row_needs(const ServiceInfo& service, const IndexSpec& spec);

/// The least number of shards that keeps each below 30 GB.
std::size_t shards_for(std::size_t rows, const RowNeeds& needs);

struct LoadPlan {
  std::size_t rows = 0;
  RowNeeds needs;
  double memory_bytes = 0;        // of all nodes, with replicas
  double disk_bytes = 0;          // of all nodes, with replicas, merged
  double merging_disk_bytes = 0;  // the most there is meanwhile
  /// Why it does not fit, each with what to change.
  std::vector<std::string> obstacles;
  /// What is worth knowing, but stops nothing.
  std::vector<std::string> remarks;
};

/// What `rows` rows of an index need that is made as `spec` says.
/// `replicas_while_loading`: replicas are written with each row, not copied at
/// the end.
LoadPlan plan_load(const ServiceInfo& service, const Cluster& cluster,
                   const IndexSpec& spec, std::size_t rows,
                   bool replicas_while_loading);

/// The plan as lines for people: what is made, what it needs, what there is.
/// `spec` is that which the plan was made for.
std::string plan_text(const ServiceInfo& service, const Cluster& cluster,
                      const IndexSpec& spec, const LoadPlan& plan,
                      const std::string& engine_reason);

}  // namespace imsearch
