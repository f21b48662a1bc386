#include "update/record.h"

#include "base/error.h"
#include "io/file.h"
#include "io/json.h"
#include "io/output_file.h"
#include "io/text.h"

#include <nlohmann/json.hpp>

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <string_view>

namespace imsearch {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kRemedy =
    ": remove it, and give the images again: it is written anew, and no image "
    "extracted that is there";

/// Names are bytes: one that is not UTF-8 becomes an object with its base64.
Json to_json(const std::string& bytes) {
  if (is_utf8(bytes)) return bytes;
  return {{"base64", base64(bytes)}};
}

Json to_json(const std::vector<std::string>& texts) {
  Json list = Json::array();
  for (const std::string& text : texts) list.push_back(to_json(text));
  return list;
}

std::string text_from(const Json& value) {
  if (value.is_object())
    return from_base64(value.at("base64").get<std::string>());
  return value.get<std::string>();
}

std::vector<std::string> list_from(const Json& list) {
  std::vector<std::string> texts;
  for (const Json& value : list) texts.push_back(text_from(value));
  return texts;
}

namespace fs = std::filesystem;

/// Of the record, as the working folder is told.
fs::path folder_of_record(const std::string& vectors) {
  return fs::weakly_canonical(fs::absolute(parent_folder(vectors)));
}

/// A folder that holds the record, or is in the record's, moves and is copied
/// together with it, and so counts from there. One that lies elsewhere stays.
std::string told_from(const fs::path& record, const std::string& folder) {
  const fs::path relative = fs::path(folder).lexically_relative(record);
  const auto up = std::count(relative.begin(), relative.end(), "..");
  const auto parts = std::distance(relative.begin(), relative.end());
  return parts > 0 && (up == 0 || up == parts) ? relative.string() : folder;
}

}  // namespace

bool operator==(const UpdateRecord& a, const UpdateRecord& b) {
  return a.folder == b.folder && a.inputs == b.inputs &&
         a.exclude == b.exclude && a.all == b.all && a.model == b.model &&
         a.index_is_behind == b.index_is_behind;
}

std::string record_path(const std::string& vectors) {
  return vectors + ".update.json";
}

std::optional<UpdateRecord> read_record(const std::string& vectors) {
  const std::string path = record_path(vectors);
  const std::string text = file_exists(path) ? read_file(path) : "";
  // Empty: it was made to be locked, and nothing came of that update.
  if (text.empty()) return std::nullopt;
  JsonBounds bounds;
  bounds.bytes = std::size_t{64} << 20;
  bounds.values = 1'000'000;
  try {
    const Json json = parse_json_within<Json>(text, path, bounds);
    const fs::path folder =
        folder_of_record(vectors) / text_from(json.at("folder"));
    return UpdateRecord{fs::weakly_canonical(folder).string(),
                        list_from(json.at("inputs")),
                        list_from(json.at("exclude")),
                        json.at("all").get<bool>(),
                        list_from(json.at("model")),
                        json.value("index_is_behind", false)};
  } catch (const Json::exception&) {
    fail("{}: not a record of update{}", path, kRemedy);
  } catch (const Error& e) {
    fail("{}{}", e.what(), kRemedy);
  }
}

void write_record(const std::string& vectors, const UpdateRecord& record) {
  const std::string folder =
      told_from(folder_of_record(vectors), record.folder);
  Json json = {{"folder", to_json(folder)},
               {"inputs", to_json(record.inputs)},
               {"exclude", to_json(record.exclude)},
               {"all", record.all},
               {"model", to_json(record.model)}};
  if (record.index_is_behind) json["index_is_behind"] = true;
  OutputFile file(record_path(vectors));
  file.write(json.dump(2) + "\n");
  file.commit();
}

void empty_record(const std::string& vectors) {
  cut_file(record_path(vectors), 0);
}

void remove_empty_record(const std::string& vectors) {
  const std::string path = record_path(vectors);
  if (read_prefix(path, 1).empty()) ::unlink(path.c_str());
}

}  // namespace imsearch
