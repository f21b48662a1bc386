#include "remote/index_meta.h"

#include "base/error.h"

namespace imsearch {
namespace {

/// What the names and vectors of an unfinished or a finished load are known by.
Json loads_to_json(const IndexMeta& meta) {
  Json json = {{"rows", meta.rows},
               {"finished", !meta.loading_to.has_value()},
               {"known_rows", meta.known_rows},
               {"vectors_xxh3", meta.vectors_fingerprint},
               {"names_xxh3", meta.names_fingerprint}};
  if (meta.loading_to) json["loading_to"] = *meta.loading_to;
  json["replicas"] = meta.replicas;
  if (meta.refresh_interval) json["refresh_interval"] = *meta.refresh_interval;
  return json;
}

void loads_from_json(const Json& json, IndexMeta& meta) {
  meta.rows = json.at("rows").get<std::size_t>();
  if (json.contains("loading_to"))
    meta.loading_to = json.at("loading_to").get<std::size_t>();
  meta.known_rows = json.at("known_rows").get<std::size_t>();
  meta.vectors_fingerprint = json.at("vectors_xxh3").get<std::uint64_t>();
  meta.names_fingerprint = json.at("names_xxh3").get<std::uint64_t>();
  meta.replicas = json.at("replicas").get<std::size_t>();
  if (json.contains("refresh_interval"))
    meta.refresh_interval = json.at("refresh_interval").get<std::string>();
}

}  // namespace

std::string to_text(Space space) {
  switch (space) {
    case Space::kCosine:
      return "cosine";
    case Space::kL2:
      return "l2";
    case Space::kInnerProduct:
      return "innerproduct";
  }
  fail("no such space: {}", static_cast<int>(space));
}

Space space_from_text(const std::string& text) {
  for (const Space space : {Space::kCosine, Space::kL2, Space::kInnerProduct})
    if (text == to_text(space)) return space;
  fail("'{}' is none of cosine, l2, innerproduct", text);
}

Json to_json(const IndexMeta& meta) {
  const Sidecar sidecar = {meta.dim, meta.model, meta.tool_version};
  return {{"vectors", Json::parse(to_json(sidecar))},
          {"space", to_text(meta.space)},
          {"engine", meta.engine},
          {"load", loads_to_json(meta)}};
}

IndexMeta index_meta_from_json(const Json& json, const std::string& where) {
  IndexMeta meta;
  try {
    const Sidecar sidecar =
        sidecar_from_json(json.at("vectors").dump(), where + ": _meta");
    meta.dim = sidecar.dim;
    meta.model = sidecar.model;
    meta.tool_version = sidecar.tool_version;
    meta.space = space_from_text(json.at("space").get<std::string>());
    meta.engine = json.at("engine").get<std::string>();
    loads_from_json(json.at("load"), meta);
  } catch (const Json::exception& e) {
    fail("{}: _meta.imsearch: {}", where, e.what());
  }
  return meta;
}

std::optional<IndexMeta> meta_in(const Json& mapping_answer,
                                 const std::string& where) {
  if (mapping_answer.size() != 1)
    fail("{}: {} indexes of that name, where one is needed", where,
         mapping_answer.size());
  const Json& mappings = mapping_answer.front().at("mappings");
  const auto meta = mappings.find("_meta");
  if (meta == mappings.end() || !meta->contains("imsearch"))
    return std::nullopt;
  return index_meta_from_json(meta->at("imsearch"), where);
}

}  // namespace imsearch
