// Says before a load what it will need, and what the cluster has.
#include "push/announce.h"

#include "base/progress.h"

#include <fmt/format.h>

#include <cmath>

namespace imsearch {
namespace {

// What Lucene gathers before it writes a segment: a tenth of the heap, for all
// shards of a node.
constexpr double kBufferShare = 0.1;

std::string index_line(const ServiceInfo& service, const LoadPlan& plan,
                       const std::string& engine_reason) {
  const IndexSpec& spec = plan.spec;
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

std::string shards_line(const Cluster& cluster, const LoadPlan& plan) {
  const IndexSpec& spec = plan.spec;
  const double shard_bytes = static_cast<double>(plan.rows) * plan.needs.disk /
                             static_cast<double>(spec.shards);
  std::string text =
      fmt::format("{} shard{} of {}, {} replica{} each", spec.shards,
                  spec.shards == 1 ? "" : "s", human_bytes(shard_bytes),
                  spec.replicas, spec.replicas == 1 ? "" : "s");
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

std::string plan_text(const ServiceInfo& service, const Cluster& cluster,
                      const LoadPlan& plan, const std::string& engine_reason) {
  std::string text = index_line(service, plan, engine_reason) +
                     shards_line(cluster, plan) + needs_lines(cluster, plan) +
                     node_lines(cluster);
  for (const std::string& remark : plan.remarks) text += remark + "\n";
  return text;
}

}  // namespace imsearch
