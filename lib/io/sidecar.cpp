// The sidecar of a vectors file as JSON, both ways. It is read with suspicion:
// anyone can edit it, and it travels between machines, so each field is checked
// for its type and range, and every error says where and which field. Unknown
// fields are passed over, so that older versions read what newer ones write;
// fields that are not known stay out of what is written.
#include "io/sidecar.h"

#include "base/error.h"
#include "io/file.h"
#include "io/json.h"
#include "io/text.h"

#include <nlohmann/json.hpp>

#include <charconv>
#include <cstdint>
#include <limits>

namespace imsearch {
namespace {

using Json = nlohmann::ordered_json;  // keys stay in the order written

constexpr std::size_t kMaxBytes = std::size_t{1} << 20;
constexpr std::size_t kShownHashDigits = 12;
constexpr std::size_t kSumDigits = 16;

// Fields are optional unless said otherwise: a missing one is empty, 0 or
// false.
std::string string_at(const Json& object, const char* key,
                      const std::string& where) {
  const auto found = object.find(key);
  if (found == object.end()) return {};
  if (!found->is_string()) fail("{}: {} is not a string", where, key);
  return found->get<std::string>();
}

std::size_t size_at(const Json& object, const char* key,
                    const std::string& where) {
  const auto found = object.find(key);
  if (found == object.end()) return 0;
  // An index numbers its rows in 32 bits, so more could not be used.
  constexpr auto kMax =
      std::uint64_t{std::numeric_limits<std::uint32_t>::max()};
  if (!found->is_number_unsigned() || found->get<std::uint64_t>() > kMax)
    fail("{}: {} is not a whole number from 0 to {}", where, key, kMax);
  return found->get<std::size_t>();
}

std::int64_t time_at(const Json& object, const char* key,
                     const std::string& where) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number_integer() ||
      (found->is_number_unsigned() &&
       found->get<std::uint64_t>() >
           std::uint64_t{std::numeric_limits<std::int64_t>::max()}))
    fail("{}: {} is not a number of nanoseconds", where, key);
  return found->get<std::int64_t>();
}

bool flag_at(const Json& object, const char* key, const std::string& where) {
  const auto found = object.find(key);
  if (found == object.end()) return false;
  if (!found->is_boolean())
    fail("{}: {} is neither true nor false", where, key);
  return found->get<bool>();
}

/// A precision that is not known here could be compared with nothing.
std::string precision_at(const Json& object, const std::string& where) {
  const std::string precision = string_at(object, "precision", where);
  if (precision.empty() || precision == "float32") return {};
  if (precision != kInt8Precision)
    fail("{}: precision {} is not known here, only float32 and {}", where,
         precision, kInt8Precision);
  return precision;
}

ModelIdentity model_from_json(const Json& object, const std::string& where) {
  if (!object.is_object()) fail("{}: model is not an object", where);
  ModelIdentity model;
  model.architecture = string_at(object, "architecture", where);
  model.variant = string_at(object, "variant", where);
  model.weights = string_at(object, "weights", where);
  model.weights_sha256 = string_at(object, "weights_sha256", where);
  model.input_size = size_at(object, "input_size", where);
  model.preprocessing = string_at(object, "preprocessing", where);
  model.exif = flag_at(object, "exif", where);
  model.weights_path = string_at(object, "weights_path", where);
  model.precision = precision_at(object, where);
  return model;
}

/// Names of files may be any bytes, but JSON is UTF-8. A path that loses bytes
/// by that names another file, so it is left out.
Json model_to_json(const ModelIdentity& model) {
  Json object = {{"architecture", to_utf8(model.architecture)},
                 {"variant", to_utf8(model.variant)},
                 {"weights", to_utf8(model.weights)},
                 {"weights_sha256", to_utf8(model.weights_sha256)},
                 {"input_size", model.input_size},
                 {"preprocessing", to_utf8(model.preprocessing)}};
  if (model.exif) object["exif"] = true;
  if (!model.precision.empty()) object["precision"] = to_utf8(model.precision);
  if (!model.weights_path.empty() &&
      to_utf8(model.weights_path) == model.weights_path)
    object["weights_path"] = model.weights_path;
  return object;
}

/// The checksum as hexadecimal digits: a number of 64 bits would lose its last
/// ones in readers that keep numbers as doubles.
Json list_to_json(const ImageListId& list) {
  return {{"images", list.images},
          {"xxh3", fmt::format("{:016x}", list.checksum)}};
}

ImageListId list_from_json(const Json& object, const std::string& where) {
  if (!object.is_object()) fail("{}: list is not an object", where);
  const std::string digits = string_at(object, "xxh3", where);
  ImageListId list;
  list.images = size_at(object, "images", where);
  const char* end = digits.data() + digits.size();
  const auto [stop, error] =
      std::from_chars(digits.data(), end, list.checksum, 16);
  if (digits.size() != kSumDigits || error != std::errc() || stop != end)
    fail("{}: xxh3 of the list is not {} hexadecimal digits", where,
         kSumDigits);
  return list;
}

ListPart shard_from_json(const Json& object, const std::string& where) {
  if (!object.is_object()) fail("{}: shard is not an object", where);
  const ListPart shard = {size_at(object, "index", where),
                          size_at(object, "count", where)};
  if (shard.count < 2 || shard.index == 0 || shard.index > shard.count)
    fail("{}: there is no shard {} of {}", where, shard.index, shard.count);
  return shard;
}

AppendedRows appended_from_json(const Json& object, const std::string& where) {
  if (!object.is_object()) fail("{}: appended is not an object", where);
  return {time_at(object, "since_ns", where),
          time_at(object, "until_ns", where)};
}

/// What is about this file alone.
void file_from_json(const Json& object, const std::string& where,
                    Sidecar& sidecar) {
  if (object.contains("rows")) sidecar.rows = size_at(object, "rows", where);
  if (object.contains("list"))
    sidecar.list = list_from_json(object.at("list"), where);
  if (object.contains("appended"))
    sidecar.appended = appended_from_json(object.at("appended"), where);
  if (!object.contains("shard")) return;
  sidecar.shard = shard_from_json(object.at("shard"), where);
  if (!sidecar.list) fail("{}: a shard, but of which list is missing", where);
}

}  // namespace

bool operator==(const ImageListId& a, const ImageListId& b) {
  return a.images == b.images && a.checksum == b.checksum;
}

bool operator!=(const ImageListId& a, const ImageListId& b) {
  return !(a == b);
}

bool only_appended_between(const Sidecar& sidecar, std::int64_t then_ns,
                           std::int64_t now_ns) {
  return sidecar.appended && sidecar.appended->since_ns <= then_ns &&
         then_ns <= now_ns && now_ns == sidecar.appended->until_ns;
}

// The architecture, the variant and the file's name follow from the weights;
// what the weights do not say is how pixels were made.
bool same_model(const ModelIdentity& a, const ModelIdentity& b) {
  if (!a.known() || !b.known()) return true;
  return a.weights_sha256 == b.weights_sha256 && a.input_size == b.input_size &&
         a.preprocessing == b.preprocessing && a.exif == b.exif &&
         a.precision == b.precision;
}

std::string describe(const ModelIdentity& model) {
  if (!model.known()) return "unknown model";
  std::string text;
  for (const std::string* part :
       {&model.architecture, &model.variant, &model.weights})
    if (!part->empty()) text += *part + " ";
  return text + "(sha256 " + short_sha256(model.weights_sha256) + ")" +
         (model.exif ? ", images turned by EXIF" : "") +
         (model.precision.empty() ? "" : ", in " + model.precision);
}

std::string describe_beside(const ModelIdentity& other,
                            const ModelIdentity& model) {
  const bool apart = model.known() && model.precision != other.precision;
  return describe(model) +
         (apart && model.precision.empty() ? ", in float32" : "");
}

std::string short_sha256(const std::string& sha256) {
  return sha256.substr(0, kShownHashDigits);
}

std::string sidecar_path(const std::string& vectors_path) {
  return vectors_path + ".json";
}

std::string to_json(const Sidecar& sidecar) {
  Json object = {{"dim", sidecar.dim}};
  if (sidecar.rows) object["rows"] = *sidecar.rows;
  if (sidecar.list) object["list"] = list_to_json(*sidecar.list);
  if (sidecar.shard)
    object["shard"] = {{"index", sidecar.shard->index},
                       {"count", sidecar.shard->count}};
  if (sidecar.appended)
    object["appended"] = {{"since_ns", sidecar.appended->since_ns},
                          {"until_ns", sidecar.appended->until_ns}};
  if (sidecar.model.known()) object["model"] = model_to_json(sidecar.model);
  object["tool_version"] = to_utf8(sidecar.tool_version);
  return object.dump(2) + "\n";
}

Sidecar sidecar_from_json(const std::string& text, const std::string& where) {
  return sidecar_in(parse_json_within<Json>(text, where), where);
}

Sidecar sidecar_in(const Json& object, const std::string& where) {
  if (!object.is_object()) fail("{}: no JSON object", where);
  Sidecar sidecar;
  sidecar.dim = size_at(object, "dim", where);
  if (sidecar.dim == 0) fail("{}: dim is missing or 0", where);
  const auto model = object.find("model");
  if (model != object.end()) sidecar.model = model_from_json(*model, where);
  sidecar.tool_version = string_at(object, "tool_version", where);
  file_from_json(object, where, sidecar);
  return sidecar;
}

std::optional<Sidecar> read_sidecar(const std::string& vectors_path) {
  const std::string path = sidecar_path(vectors_path);
  if (!file_exists(path)) return std::nullopt;
  const std::string text = read_prefix(path, kMaxBytes + 1);
  if (text.size() > kMaxBytes)
    fail("{}: more than {} bytes: no sidecar", path, kMaxBytes);
  return sidecar_from_json(text, path);
}

}  // namespace imsearch
