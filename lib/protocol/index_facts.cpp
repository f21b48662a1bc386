// An index file has its own words for what a service's mapping says: fields
// that clients read are filled from them, and _meta.imsearch says the rest, by
// which query --url knows the model and the vectors.
#include "protocol/index_facts.h"

#include "io/checksum.h"
#include "io/sidecar.h"
#include "remote/index_meta.h"

#include <nlohmann/json.hpp>

#include <array>

namespace imsearch {
namespace {

using Ordered = nlohmann::ordered_json;

/// The protocol's version whose requests are understood.
constexpr const char* kProtocolVersion = "2.19.0";

IndexMeta meta_of(const OpenedIndex& opened, const ShownAs& shown) {
  const IndexInfo& info = opened.index().info();
  IndexMeta meta;
  meta.spec.dim = info.dim;
  meta.spec.engine = "imsearch";
  meta.spec.space = shown.find.space;
  meta.spec.M = info.params.M;
  meta.spec.ef_construction = info.params.ef_construction;
  meta.spec.ef = shown.find.ef;
  meta.model = info.model;
  meta.tool_version = info.tool_version;
  meta.rows = info.rows;
  meta.known_rows = info.rows;
  // Several files have no fingerprint in common: then none is known.
  if (info.sources.size() == 1)
    meta.vectors_fingerprint = info.sources.front().fingerprint;
  meta.names_fingerprint = opened.names_fingerprint();
  return meta;
}

Ordered mappings(const OpenedIndex& opened, const ShownAs& shown) {
  const IndexInfo& info = opened.index().info();
  const Ordered method = {{"name", "hnsw"},
                          {"engine", "lucene"},
                          {"space_type", opensearch_space(shown.find.space)},
                          {"parameters",
                           {{"m", info.params.M},
                            {"ef_construction", info.params.ef_construction}}}};
  return {
      {"dynamic", "false"},
      {"_meta", {{"imsearch", Ordered(to_json(meta_of(opened, shown)))}}},
      {"properties",
       {{shown.vector_field,
         {{"type", "knn_vector"}, {"dimension", info.dim}, {"method", method}}},
        {"name", {{"type", "keyword"}}},
        {"name_base64", {{"type", "keyword"}}}}}};
}

/// The same for the same file: 22 letters, as a service's.
std::string uuid_of(const ServedIndex& served) {
  const std::string& path = served.path();
  return fmt::format("imsearch-{:013x}",
                     checksum_of(path.data(), path.size()) >> 12U);
}

Ordered settings(const ServedIndex& served) {
  return {{"index",
           {{"knn", "true"},
            {"number_of_shards", "1"},
            {"number_of_replicas", "0"},
            {"blocks", {{"write", "true"}}},
            {"provided_name", served.name()},
            {"uuid", uuid_of(served)}}}};
}

}  // namespace

std::string service_facts(const ShownAs& shown) {
  const Ordered facts = {
      {"name", "imsearch"},
      {"cluster_name", "imsearch"},
      {"cluster_uuid", "imsearch"},
      {"version",
       {{"distribution", "opensearch"},
        {"number", kProtocolVersion},
        {"build_type", "imsearch " + shown.version},
        {"build_flavor", "default"},
        {"build_hash", "imsearch"},
        {"build_date", "2026-01-01T00:00:00Z"},
        {"build_snapshot", false},
        {"lucene_version", "none"},
        {"minimum_wire_compatibility_version", "2.19.0"},
        {"minimum_index_compatibility_version", "2.19.0"}}},
      {"tagline", "This is imsearch serve " + shown.version +
                      ", not OpenSearch: it answers the searches of its "
                      "protocol from index files, read-only"}};
  return facts.dump();
}

std::string index_facts(const ServedIndex& served, const ShownAs& shown,
                        const std::string& part) {
  const std::shared_ptr<const OpenedIndex> opened = served.current();
  Ordered facts;
  if (part.empty()) facts["aliases"] = Ordered::object();
  if (part != "settings") facts["mappings"] = mappings(*opened, shown);
  if (part != "mappings") facts["settings"] = settings(served);
  return Ordered{{served.name(), std::move(facts)}}.dump();
}

std::string service_bytes(double bytes) {
  constexpr std::array kUnits = {"b", "kb", "mb", "gb", "tb"};
  std::size_t unit = 0;
  for (; bytes >= 1024 && unit + 1 < kUnits.size(); ++unit) bytes /= 1024;
  return fmt::format(unit == 0 ? "{:.0f}{}" : "{:.1f}{}", bytes, kUnits[unit]);
}

const std::vector<std::string>& cat_columns() {
  static const std::vector<std::string> columns = {
      "health", "status",     "index",        "uuid",       "pri",
      "rep",    "docs.count", "docs.deleted", "store.size", "pri.store.size"};
  return columns;
}

std::vector<std::string> cat_fields(const ServedIndex& served) {
  const std::shared_ptr<const OpenedIndex> opened = served.current();
  const auto file = identity_of(served.path());
  const std::string size =
      service_bytes(file ? static_cast<double>(file->size_bytes) : 0);
  return {"green",
          "open",
          served.name(),
          uuid_of(served),
          "1",
          "0",
          std::to_string(opened->found_rows()),
          std::to_string(opened->index().deleted_rows()),
          size,
          size};
}

std::string cat_object(const ServedIndex& served) {
  const std::vector<std::string> fields = cat_fields(served);
  Ordered object;
  for (std::size_t i = 0; i < fields.size(); ++i)
    object[cat_columns()[i]] = fields[i];
  return object.dump();
}

}  // namespace imsearch
