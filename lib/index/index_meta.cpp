// The section `meta`: JSON, so that people can read what an index was made from
// and later versions can add members. It is written with ordered keys, so that
// the same index has the same bytes; and it is parsed within bounds, since the
// file may come from anywhere.
#include "index/index_meta.h"

#include "base/error.h"
#include "index/serialize.h"
#include "io/json.h"
#include "io/sidecar.h"
#include "io/text.h"

#include <nlohmann/json.hpp>

namespace imsearch {
namespace {

using Json = nlohmann::ordered_json;  // keys stay in the order written

/// Each source takes some ten values, and a path that is a list of numbers one
/// for each of its bytes. The text has room for a bit of every row.
constexpr JsonBounds kBounds = {std::size_t{512} << 20, 4'000'000, 1000};

/// Paths are bytes, and JSON is text: a path that is not UTF-8 becomes a list
/// of numbers.
Json path_to_json(const std::string& path) {
  if (is_utf8(path)) return path;
  return std::vector<std::uint8_t>(path.begin(), path.end());
}

std::string path_from_json(const Json& json) {
  if (json.is_string()) return json.get<std::string>();
  const auto bytes = json.get<std::vector<std::uint8_t>>();
  return {bytes.begin(), bytes.end()};
}

Json source_to_json(const IndexSource& source) {
  return {{"path", path_to_json(source.path)},
          {"rows", source.rows},
          {"rows_xxh3", source.fingerprint},
          {"modified_ns", source.modified_ns}};
}

IndexSource source_from_json(const Json& json) {
  IndexSource source;
  source.path = path_from_json(json.at("path"));
  source.rows = json.at("rows").get<std::size_t>();
  source.fingerprint = json.at("rows_xxh3").get<std::uint64_t>();
  // Older indexes lack it: then it is as if the file had been modified.
  source.modified_ns = json.value("modified_ns", std::int64_t{0});
  return source;
}

/// Bits as in the section `deleted`, up to the last that is 1.
std::string bits_of(const std::vector<std::uint32_t>& rows) {
  std::string bits(rows.empty() ? 0 : rows.back() / 8 + 1, '\0');
  mark_deleted(rows, bits);
  return bits;
}

std::vector<std::uint32_t> rows_of(std::string_view bits) {
  std::vector<std::uint32_t> rows;
  for (std::size_t at = 0; at < bits.size(); ++at)
    for (unsigned bit = 0; bit < 8; ++bit)
      if (((static_cast<unsigned char>(bits[at]) >> bit) & 1U) != 0)
        rows.push_back(static_cast<std::uint32_t>(at * 8 + bit));
  return rows;
}

}  // namespace

std::string meta_to_json(const IndexInfo& info) {
  const Sidecar sidecar = {info.dim, info.model, info.tool_version};
  Json sources = Json::array();
  for (const IndexSource& source : info.sources)
    sources.push_back(source_to_json(source));
  Json json = {{"metric", "l2sq of unit vectors"},
               {"code", "int8"},
               {"vectors", Json::parse(to_json(sidecar))},
               {"sources", sources}};
  if (!info.gone.empty()) json["gone"] = base64(bits_of(info.gone));
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

void meta_from_json(std::string_view text, const std::string& where,
                    IndexInfo& info) {
  const std::string section = where + ": section meta";
  const Json json = parse_json_within<Json>(text, section, kBounds);
  try {
    const Sidecar sidecar = sidecar_in(json.at("vectors"), section);
    info.model = sidecar.model;
    info.tool_version = sidecar.tool_version;
    for (const Json& source : json.at("sources"))
      info.sources.push_back(source_from_json(source));
    // Older indexes do not tell.
    info.gone = rows_of(from_base64(json.value("gone", std::string())));
  } catch (const Json::exception& error) {
    fail("{}: {}", section, error.what());
  }
  if (!info.gone.empty() && info.gone.back() >= info.rows)
    fail("{}: row {} is gone, of {}", section, info.gone.back(), info.rows);
}

}  // namespace imsearch
