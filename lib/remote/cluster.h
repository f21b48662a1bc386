// What a service says of its nodes: what there is to fit into.
#pragma once

#include "remote/service.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace imsearch {

struct DataNode {
  std::string name;
  std::size_t cores = 0;
  double heap_bytes = 0;
  double memory_bytes = 0;  // of the machine, or of its container
  double disk_bytes = 0;
  double disk_free_bytes = 0;
};

struct Cluster {
  std::vector<DataNode> nodes;  // empty: not known
  /// Share of the memory beside the heap that the k-NN plugin may fill with
  /// graphs of engine faiss.
  double knn_share = 0.5;
  /// Share of a disk that may be full before no shard is put there.
  double disk_share = 0.85;
  /// What could not be asked, and why; for people.
  std::vector<std::string> not_known;
};

/// Asks for nodes and settings. What the user may not ask (403), or a managed
/// service does not tell, is in `not_known`. Throws as ask() for the rest.
Cluster ask_cluster(HttpClient& client, const ServiceInfo& service);

/// The share that a setting means: "50%", ".5", or "4gb" of `whole` bytes. None
/// for another text, and for bytes where `whole` is not known (0).
std::optional<double> share_of(const std::string& text, double whole);

}  // namespace imsearch
