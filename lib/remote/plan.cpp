// What an index of so many rows needs in memory and disk, whether the cluster
// has it, and both as text. The formula for memory of engine faiss is
// OpenSearch's own; the rest was measured.
//
// Memory is what makes searches fast: graphs and the vectors they compare must
// stay in it, beside the heaps of the nodes, as pages of files or, with faiss,
// in the plugin's own cache. Disk is needed most while segments are merged,
// when the old ones and the new one are there at once.
#include "remote/plan.h"

#include "base/progress.h"

#include <algorithm>
#include <cmath>
#include <functional>

namespace imsearch {
namespace {

constexpr double kShardBytes = 30e9;
// For a row's id and name, and the lists that Lucene keeps of both.
constexpr double kBookkeepingBytes = 200;
// Links of Lucene's graph, as they are stored: some 2 bytes each.
constexpr double kLinkBytes = 2;
// For each float of the text of a vector, once the service has compressed it.
constexpr double kSourceFloatBytes = 8.4;

bool is_faiss(const ServiceInfo& service, const IndexSpec& spec) {
  return service.kind == ServiceKind::kOpenSearch && spec.engine == "faiss";
}

/// Whether vectors are kept in the documents' source as text, beside the index.
/// Newer versions derive them from the index when they are asked for.
bool keeps_vectors_twice(const ServiceInfo& service) {
  return service.kind == ServiceKind::kElasticsearch ? !service.at_least(9, 2)
                                                     : !service.at_least(3, 0);
}

double total(const std::vector<DataNode>& nodes,
             const std::function<double(const DataNode&)>& figure) {
  double sum = 0;
  for (const DataNode& node : nodes) sum += figure(node);
  return sum;
}

/// Memory of all nodes beside their heaps, of which `share` may be used.
double memory_there(const Cluster& cluster, double share) {
  return total(cluster.nodes, [&](const DataNode& node) {
    return std::max(0.0, node.memory_bytes - node.heap_bytes) * share;
  });
}

/// Disk of all nodes that is free, without what must stay free: shards are put
/// on no disk that is fuller than the watermark.
double disk_there(const Cluster& cluster) {
  return total(cluster.nodes, [&](const DataNode& node) {
    const double kept_free = node.disk_bytes * (1 - cluster.disk_share);
    return std::max(0.0, node.disk_free_bytes - kept_free);
  });
}

void check_memory(const ServiceInfo& service, const Cluster& cluster,
                  const IndexSpec& spec, LoadPlan& plan) {
  const bool faiss = is_faiss(service, spec);
  const double there = memory_there(cluster, faiss ? cluster.knn_share : 1);
  if (plan.memory_bytes <= there) return;
  const double nodes = std::ceil(plan.memory_bytes / there *
                                 static_cast<double>(cluster.nodes.size()));
  plan.obstacles.push_back(fmt::format(
      "graphs and vectors need {} of memory, but the nodes have {} beside "
      "their heaps{}: each search would read from disk. Take {:.0f} such nodes,"
      " a smaller heap, fewer replicas{} or --compression",
      human_bytes(plan.memory_bytes), human_bytes(there),
      faiss ? fmt::format(" that the k-NN plugin may use ({:.0f} % of it: "
                          "knn.memory.circuit_breaker.limit)",
                          cluster.knn_share * 100)
            : "",
      nodes, faiss ? ", a higher limit" : ""));
}

void check_disk(const Cluster& cluster, LoadPlan& plan) {
  const double there = disk_there(cluster);
  if (plan.merging_disk_bytes <= there) return;
  plan.obstacles.push_back(fmt::format(
      "while segments are merged {} of disk are needed, but the nodes have {} "
      "below the watermark ({:.0f} % full): free some, add nodes or take fewer "
      "replicas",
      human_bytes(plan.merging_disk_bytes), human_bytes(there),
      cluster.disk_share * 100));
}

void check_replicas(const Cluster& cluster, const IndexSpec& spec,
                    LoadPlan& plan) {
  const std::size_t nodes = cluster.nodes.size();
  if (nodes > 0 && spec.replicas >= nodes)
    plan.remarks.push_back(fmt::format(
        "{} replicas need {} nodes, and there are {}: the others stay "
        "unassigned, the index is yellow",
        spec.replicas, spec.replicas + 1, nodes));
}

// Lucene gathers rows in a tenth of the heap, for all shards of a node
// together, before it writes a segment.
constexpr double kBufferShare = 0.1;

std::string index_line(const ServiceInfo& service, const IndexSpec& spec,
                       const LoadPlan& plan, const std::string& engine_reason) {
  const std::string engine =
      service.kind == ServiceKind::kOpenSearch
          ? fmt::format("engine {} ({}), ", spec.engine, engine_reason)
          : "";
  return fmt::format(
      "{}: {} rows of {} floats, {}space {}, M {}, efConstruction {}{}\n",
      service.text(), grouped(plan.rows), spec.dim, engine, to_text(spec.space),
      spec.M, spec.ef_construction,
      spec.compression == 1
          ? ""
          : fmt::format(", compression {}x", spec.compression));
}

std::string shards_line(const Cluster& cluster, const IndexSpec& spec,
                        const LoadPlan& plan) {
  const double shard_bytes = static_cast<double>(plan.rows) * plan.needs.disk /
                             static_cast<double>(spec.shards);
  std::string text =
      fmt::format("{} of {}, {} each", counted(spec.shards, "shard"),
                  human_bytes(shard_bytes), counted(spec.replicas, "replica"));
  double heap = 0;
  for (const DataNode& node : cluster.nodes) heap += node.heap_bytes;
  if (heap > 0) {
    const double segments =
        std::ceil(static_cast<double>(plan.rows) * 4 *
                  static_cast<double>(spec.dim) / (heap * kBufferShare));
    text += fmt::format(
        "; some {:.0f} segments while loading, 1 a shard after the merge",
        std::max(segments, 2 * static_cast<double>(spec.shards)));
  }
  return text + "\n";
}

std::string needs_lines(const Cluster& cluster, const LoadPlan& plan) {
  std::string text = fmt::format(
      "needs {} of memory beside the heaps to be searched from ({:.0f} bytes a "
      "row), {} of disk, {} while it is merged\n",
      human_bytes(plan.memory_bytes), plan.needs.memory,
      human_bytes(plan.disk_bytes), human_bytes(plan.merging_disk_bytes));
  const auto nodes = static_cast<double>(cluster.nodes.size());
  if (nodes > 1)
    text += fmt::format("  on each of {} nodes {} of memory, {} of disk\n",
                        cluster.nodes.size(),
                        human_bytes(plan.memory_bytes / nodes),
                        human_bytes(plan.disk_bytes / nodes));
  return text;
}

std::string node_lines(const Cluster& cluster) {
  std::string text;
  for (const DataNode& node : cluster.nodes)
    text += fmt::format(
        "  {}: {} cores, {} of memory of which {} are its heap, {} of {} disk "
        "free\n",
        node.name, node.cores, human_bytes(node.memory_bytes),
        human_bytes(node.heap_bytes), human_bytes(node.disk_free_bytes),
        human_bytes(node.disk_bytes));
  for (const std::string& what : cluster.not_known)
    text += "  not known: " + what + "\n";
  return text;
}

}  // namespace

RowNeeds row_needs(const ServiceInfo& service, const IndexSpec& spec) {
  const auto dim = static_cast<double>(spec.dim);
  const auto links = static_cast<double>(2 * spec.M);
  const double vector = 4 * dim;
  const double code = vector / static_cast<double>(spec.compression);
  RowNeeds needs;
  needs.memory = is_faiss(service, spec)
                     ? 1.1 * (code + 8 * static_cast<double>(spec.M))
                     : code + kLinkBytes * links;
  needs.disk = needs.memory + kBookkeepingBytes;
  if (is_faiss(service, spec) || spec.compression > 1) needs.disk += vector;
  if (keeps_vectors_twice(service)) needs.disk += kSourceFloatBytes * dim;
  return needs;
}

std::size_t shards_for(std::size_t rows, const RowNeeds& needs) {
  const double bytes = static_cast<double>(rows) * needs.disk;
  return std::max<std::size_t>(
      1, static_cast<std::size_t>(std::ceil(bytes / kShardBytes)));
}

LoadPlan plan_load(const ServiceInfo& service, const Cluster& cluster,
                   const IndexSpec& spec, std::size_t rows,
                   bool replicas_while_loading) {
  LoadPlan plan;
  plan.rows = rows;
  plan.needs = row_needs(service, spec);
  const auto copies = static_cast<double>(spec.replicas + 1);
  const auto count = static_cast<double>(rows);
  plan.memory_bytes = count * plan.needs.memory * copies;
  plan.disk_bytes = count * plan.needs.disk * copies;
  // Merging needs room for the old segments and the new one. Replicas that are
  // copied later do not take part: they get merged segments.
  plan.merging_disk_bytes =
      replicas_while_loading
          ? 2 * plan.disk_bytes
          : std::max(2 * count * plan.needs.disk, plan.disk_bytes);
  if (!cluster.nodes.empty()) {
    check_memory(service, cluster, spec, plan);
    check_disk(cluster, plan);
  }
  check_replicas(cluster, spec, plan);
  return plan;
}

std::string plan_text(const ServiceInfo& service, const Cluster& cluster,
                      const IndexSpec& spec, const LoadPlan& plan,
                      const std::string& engine_reason) {
  std::string text = index_line(service, spec, plan, engine_reason) +
                     shards_line(cluster, spec, plan) +
                     needs_lines(cluster, plan) + node_lines(cluster);
  for (const std::string& remark : plan.remarks) text += remark + "\n";
  return text;
}

}  // namespace imsearch
