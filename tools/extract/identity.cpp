// The identity is JSON, so that a difference can be named member by member; it
// is compared as values, so that the order of members does not matter.
#include "extract/identity.h"

#include "extract/model.h"

#include "io/json.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace imsearch {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kListSize = "images";
constexpr const char* kListSum = "list_xxh3";
constexpr const char* kBehindRows = "append_to_rows";

/// A value for people: strings without their quotes; of lists and objects,
/// which a run never writes, only the type.
std::string shown(const Json& value) {
  if (value.is_null()) return "absent";
  if (value.is_string()) return value.get<std::string>();
  return value.is_primitive() ? value.dump() : value.type_name();
}

/// {"model": {"variant": ...}} as {"model variant": ...}.
Json flat(const Json& object) {
  Json result = Json::object();
  for (const auto& [key, value] : object.items()) {
    if (!value.is_object()) {
      result[key] = value;
      continue;
    }
    for (const auto& [inner, content] : value.items())
      result[fmt::format("{} {}", key, inner)] = content;
  }
  return result;
}

}  // namespace

std::string run_identity(const ExtractJob& job, const ImageList& images,
                         const Model& model) {
  Json object = {{kListSize, images.id.images},
                 {kListSum, fmt::format("{:016x}", images.id.checksum)},
                 {"shard", job.shard ? job.shard->text() : "none"},
                 {"null", job.null},
                 {"engine", name_of(kLinkedEngine)},
                 {"device", model.device}};
  // Parts of an --append belong behind that many rows and nowhere else.
  if (images.behind_rows) object[kBehindRows] = *images.behind_rows;
  // All that the sidecar will say of the model, so that nothing is forgotten
  // here when it learns to say more; but for where the file lies, which changes
  // no row.
  Sidecar sidecar = model.sidecar();
  sidecar.model.weights_path.clear();
  object.update(Json::parse(to_json(sidecar)));
  return object.dump();
}

bool is_run_identity(const std::string& text) {
  return parse_json_or_discard<Json>(text).is_object();
}

// The text may be from a killed run, or not ours at all: it is never trusted.
std::optional<std::size_t> appended_behind(const std::string& text) {
  const Json identity = Json::parse(text, nullptr, false);
  if (!identity.is_object()) return std::nullopt;
  const auto rows = identity.find(kBehindRows);
  if (rows == identity.end() || !rows->is_number_unsigned())
    return std::nullopt;
  return rows->get<std::size_t>();
}

std::string identity_difference(const std::string& then,
                                const std::string& now) {
  const Json before = flat(parse_json_within<Json>(then, "the older run"));
  const Json wanted = flat(parse_json_within<Json>(now, "this run"));
  Json all = wanted;
  all.update(before);  // what only the one has, too
  for (const auto& [key, unused] : all.items()) {
    const Json was = before.value(key, Json());
    const Json is = wanted.value(key, Json());
    if (was == is) continue;
    if (key == kListSize)
      return fmt::format("its list had {} images, now it has {}", shown(was),
                         shown(is));
    if (key == kListSum) return "its images were others, or in another order";
    return fmt::format("its {} was {}, now {}", key, shown(was), shown(is));
  }
  return {};
}

}  // namespace imsearch
