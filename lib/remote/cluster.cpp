// What a cluster has: nodes, memory, disk, and the limits it sets itself. A
// managed service hides some of it, and then the plan says so instead of
// guessing.
#include "remote/cluster.h"

#include <algorithm>
#include <charconv>
#include <map>

namespace imsearch {
namespace {

/// Statuses by which a service, or one that manages it, hides something.
bool is_hidden(int status) {
  return status == 400 || status == 401 || status == 403 || status == 404 ||
         status == 405;
}

/// The answer; or none, with a note in `cluster`, where it is hidden.
std::optional<Json> ask_if_allowed(HttpClient& client, const std::string& path,
                                   const std::string& what, Cluster& cluster) {
  try {
    return ask(client, http_get(path));
  } catch (const ServiceError& e) {
    if (!is_hidden(e.status)) throw;
    cluster.not_known.push_back(
        fmt::format("{} (the service answers {})", what, e.status));
    return std::nullopt;
  }
}

double number_at(const Json& json, const char* pointer) {
  const Json::json_pointer place(pointer);
  return json.contains(place) ? json.at(place).get<double>() : 0;
}

// A node may have all data roles, or one for each age of data; new indexes go
// to nodes that have content or are hot.
bool holds_data(const Json& node) {
  const Json& roles = node.at("roles");
  return std::any_of(roles.begin(), roles.end(), [](const Json& role) {
    const std::string name = role.get<std::string>();
    return name == "data" || name == "data_content" || name == "data_hot";
  });
}

/// The machine's memory, or the limit of its container if that is less. Without
/// a limit the service may say "max", or a number larger than any memory.
double memory_of(const Json& stats) {
  const double memory = number_at(stats, "/os/mem/total_in_bytes");
  const Json::json_pointer place("/os/cgroup/memory/limit_in_bytes");
  if (!stats.contains(place)) return memory;
  const std::string limit = stats.at(place).get<std::string>();
  double bytes = 0;
  const auto [end, code] =
      std::from_chars(limit.data(), limit.data() + limit.size(), bytes);
  const bool is_number =
      code == std::errc() && end == limit.data() + limit.size() && bytes > 0;
  return is_number ? std::min(memory, bytes) : memory;
}

DataNode data_node(const Json& stats) {
  DataNode node;
  node.name = stats.value("name", "");
  node.heap_bytes = number_at(stats, "/jvm/mem/heap_max_in_bytes");
  node.memory_bytes = memory_of(stats);
  node.disk_bytes = number_at(stats, "/fs/total/total_in_bytes");
  node.disk_free_bytes = number_at(stats, "/fs/total/available_in_bytes");
  return node;
}

/// The cores of each node, by its id. Asks for everything instead of a list of
/// fields: libcurl 7.88 signs a path with commas wrongly.
std::map<std::string, std::size_t> cores_of(HttpClient& client,
                                            Cluster& cluster) {
  std::map<std::string, std::size_t> cores;
  const auto os = ask_if_allowed(client, "/_nodes/os", "their cores", cluster);
  if (!os) return cores;
  read_answer(*os, client.endpoint().url.root, [&](const Json& answer) {
    for (const auto& [id, node] : answer.at("nodes").items())
      cores[id] =
          static_cast<std::size_t>(number_at(node, "/os/allocated_processors"));
  });
  return cores;
}

void read_nodes(HttpClient& client, Cluster& cluster) {
  const auto stats = ask_if_allowed(client, "/_nodes/stats",
                                    "memory and disks of the nodes", cluster);
  if (!stats) return;
  auto cores = cores_of(client, cluster);
  read_answer(*stats, client.endpoint().url.root, [&](const Json& answer) {
    for (const auto& [id, node] : answer.at("nodes").items()) {
      if (!holds_data(node)) continue;
      cluster.nodes.push_back(data_node(node));
      cluster.nodes.back().cores = cores[id];
    }
  });
}

/// A setting as it is in force: a transient one comes before a persistent one,
/// and that before the default.
std::string setting(const Json& settings, const std::string& name) {
  for (const char* level : {"transient", "persistent", "defaults"})
    if (settings.contains(level) && settings.at(level).contains(name) &&
        settings.at(level).at(name).is_string())
      return settings.at(level).at(name).get<std::string>();
  return "";
}

/// The least of the nodes' figures; 0 where none is known.
double smallest(const std::vector<DataNode>& nodes, double DataNode::*figure) {
  double least = 0;
  for (const DataNode& node : nodes)
    if (least == 0 || node.*figure < least) least = node.*figure;
  return least;
}

void read_settings(HttpClient& client, const ServiceInfo& service,
                   Cluster& cluster) {
  const auto answer = ask_if_allowed(
      client, "/_cluster/settings?flat_settings=true&include_defaults=true",
      "the limits that the cluster sets", cluster);
  if (!answer) return;
  const double disk = smallest(cluster.nodes, &DataNode::disk_bytes);
  const std::string watermark =
      setting(*answer, "cluster.routing.allocation.disk.watermark.low");
  // "10gb" there is what must stay free, not a share.
  if (setting(*answer, "cluster.routing.allocation.disk.threshold_enabled") ==
      "false")
    cluster.disk_share = 1;
  else if (const auto share = share_of(watermark, 0))
    cluster.disk_share = *share;
  else if (const auto free = share_of(watermark, disk))
    cluster.disk_share = 1 - *free;
  if (service.kind != ServiceKind::kOpenSearch) return;
  const double beside = smallest(cluster.nodes, &DataNode::memory_bytes) -
                        smallest(cluster.nodes, &DataNode::heap_bytes);
  const std::string limit =
      setting(*answer, "knn.memory.circuit_breaker.limit");
  if (const auto share = share_of(limit, beside)) cluster.knn_share = *share;
}

}  // namespace

std::optional<double> share_of(const std::string& text, double whole) {
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, code] = std::from_chars(text.data(), end, number);
  if (code != std::errc() || !(number >= 0)) return std::nullopt;
  const std::string unit(stop, end);
  if (unit == "%") return number / 100;
  if (unit.empty() && number <= 1) return number;
  if (whole <= 0) return std::nullopt;
  static const std::map<std::string, double> kUnits = {{"b", 1},
                                                       {"kb", 1024.0},
                                                       {"mb", 1048576.0},
                                                       {"gb", 1073741824},
                                                       {"tb", 1099511627776}};
  const auto factor = kUnits.find(unit);
  if (factor == kUnits.end()) return std::nullopt;
  return number * factor->second / whole;
}

Cluster ask_cluster(HttpClient& client, const ServiceInfo& service) {
  Cluster cluster;
  read_nodes(client, cluster);
  read_settings(client, service, cluster);
  return cluster;
}

}  // namespace imsearch
