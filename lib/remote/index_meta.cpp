// How an index was made and what it holds, as JSON in its own mapping: any
// machine can check it, and go on with a load that another one began. Two
// fingerprints say whether the files are still those that were pushed, without
// reading the rows back.
#include "remote/index_meta.h"

#include "base/error.h"
#include "io/sidecar.h"

#include <stdexcept>
#include <string>

namespace imsearch {
namespace {

/// As text: JSON numbers above 2^53 lose digits in programs that read them as
/// doubles.
std::string hex(std::uint64_t value) {
  return fmt::format("{:016x}", value);
}

std::uint64_t from_hex(const Json& text) {
  return std::stoull(text.get<std::string>(), nullptr, 16);
}

/// How far loads have come, and what their names and vectors are known by.
Json loads_to_json(const IndexMeta& meta) {
  Json json = {{"rows", meta.rows},
               {"finished", !meta.loading_to.has_value()},
               {"known_rows", meta.known_rows},
               {"vectors_xxh3", hex(meta.vectors_fingerprint)},
               {"names_xxh3", hex(meta.names_fingerprint)}};
  if (meta.loading_to) {
    json["loading_to"] = *meta.loading_to;
    json["rows_before"] = meta.rows_before;
  }
  if (meta.refresh_interval) json["refresh_interval"] = *meta.refresh_interval;
  return json;
}

void loads_from_json(const Json& json, IndexMeta& meta) {
  meta.rows = json.at("rows").get<std::size_t>();
  if (json.contains("loading_to")) {
    meta.loading_to = json.at("loading_to").get<std::size_t>();
    meta.rows_before = json.at("rows_before").get<std::size_t>();
  }
  meta.known_rows = json.at("known_rows").get<std::size_t>();
  meta.vectors_fingerprint = from_hex(json.at("vectors_xxh3"));
  meta.names_fingerprint = from_hex(json.at("names_xxh3"));
  if (json.contains("refresh_interval"))
    meta.refresh_interval = json.at("refresh_interval").get<std::string>();
}

Json spec_to_json(const IndexSpec& spec) {
  return {{"space", to_text(spec.space)},
          {"engine", spec.engine},
          {"M", spec.M},
          {"ef_construction", spec.ef_construction},
          {"ef", spec.ef},
          {"compression", spec.compression},
          {"shards", spec.shards},
          {"replicas", spec.replicas}};
}

IndexSpec spec_from_json(const Json& json) {
  IndexSpec spec;
  spec.space = space_from_text(json.at("space").get<std::string>());
  spec.engine = json.at("engine").get<std::string>();
  spec.M = json.at("M").get<std::size_t>();
  spec.ef_construction = json.at("ef_construction").get<std::size_t>();
  spec.ef = json.at("ef").get<std::size_t>();
  spec.compression = json.at("compression").get<std::size_t>();
  spec.shards = json.at("shards").get<std::size_t>();
  spec.replicas = json.at("replicas").get<std::size_t>();
  return spec;
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

const char* opensearch_space(Space space) {
  switch (space) {
    case Space::kCosine:
      return "cosinesimil";
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
  Sidecar sidecar = {meta.spec.dim, meta.model, meta.tool_version};
  // A path of the machine that pushed means nothing to those who ask.
  sidecar.model.weights_path.clear();
  return {{"vectors", Json::parse(to_json(sidecar))},
          {"index", spec_to_json(meta.spec)},
          {"load", loads_to_json(meta)}};
}

IndexMeta index_meta_from_json(const Json& json, const std::string& where) {
  IndexMeta meta;
  try {
    const Sidecar sidecar = sidecar_in(json.at("vectors"), where + ": _meta");
    meta.spec = spec_from_json(json.at("index"));
    meta.spec.dim = sidecar.dim;
    meta.model = sidecar.model;
    meta.tool_version = sidecar.tool_version;
    loads_from_json(json.at("load"), meta);
  } catch (const Json::exception& e) {
    fail("{}: _meta.imsearch: {}", where, e.what());
  } catch (const std::logic_error&) {
    fail("{}: _meta.imsearch: a fingerprint that is not a number", where);
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
