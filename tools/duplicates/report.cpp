// Groups as lines, as JSON, and as bare names for programs that delete. Sizes
// are those of the ledger; without one, those that files have now.
#include "duplicates/report.h"

#include "common/standard_streams.h"
#include "duplicates/extras.h"
#include "duplicates/files.h"

#include "base/error.h"
#include "io/text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <optional>

namespace imsearch {
namespace {

using Json = nlohmann::ordered_json;

/// A path that no program takes for an option.
std::string file_argument(const std::string& path) {
  return path.rfind('-', 0) == 0 ? "./" + path : path;
}

std::string size_text(const PictureFacts& picture) {
  if (!picture.known()) return "-";
  return fmt::format("{}x{}", picture.width, picture.height);
}

void print_line(const Library& library, std::size_t group, const char* relation,
                const Duplicate& each) {
  const auto bits = each.verdict.hash_bits;
  const auto bytes = bytes_of(library, each.row);
  print(fmt::format("{}\t{}\t{:.6f}\t{}\t{}\t{}\t{}\n", group, relation,
                    each.similarity, bits ? std::to_string(*bits) : "-",
                    bytes ? std::to_string(*bytes) : "-",
                    size_text(library.facts[each.row].picture),
                    escape_field(library.name(each.row))));
}

/// The image to keep, as a duplicate of itself.
Duplicate kept(const Library& library, const DuplicateGroup& group) {
  Duplicate self = {group.keep, 1, {}};
  if (library.facts[group.keep].picture.phash) self.verdict.hash_bits = 0;
  return self;
}

Json image_object(const Library& library, std::uint32_t row) {
  Json object;
  const std::string_view name = library.name(row);
  object["name"] = to_utf8(name);
  // JSON strings are UTF-8: bytes that are not travel beside them.
  if (!is_utf8(name)) object["name_base64"] = base64(name);
  object["row"] = row;
  const auto bytes = bytes_of(library, row);
  object["bytes"] = bytes ? Json(*bytes) : Json(nullptr);
  const PictureFacts& picture = library.facts[row].picture;
  object["width"] = picture.known() ? Json(picture.width) : Json(nullptr);
  object["height"] = picture.known() ? Json(picture.height) : Json(nullptr);
  return object;
}

Json extra_object(const Library& library, const Duplicate& extra) {
  Json object = image_object(library, extra.row);
  object["relation"] = name_of(extra.verdict.relation);
  // The shortest number that says the six decimals which the table shows.
  object["similarity"] =
      std::round(static_cast<double>(extra.similarity) * 1e6) / 1e6;
  const auto bits = extra.verdict.hash_bits;
  object["hash_distance"] = bits ? Json(*bits) : Json(nullptr);
  return object;
}

}  // namespace

void sort_groups(const Library& library, std::vector<DuplicateGroup>& groups) {
  struct Place {
    Extras extras;
    std::size_t group;
  };
  std::vector<Place> places;
  for (std::size_t i = 0; i < groups.size(); ++i)
    places.push_back({extras_of(library, groups[i]), i});
  std::sort(places.begin(), places.end(), [&](const Place& a, const Place& b) {
    if (a.extras.bytes != b.extras.bytes)
      return a.extras.bytes > b.extras.bytes;
    if (a.extras.files != b.extras.files)
      return a.extras.files > b.extras.files;
    const std::uint32_t left = groups[a.group].keep;
    const std::uint32_t right = groups[b.group].keep;
    const int names = library.name(left).compare(library.name(right));
    return names != 0 ? names < 0 : left < right;
  });
  std::vector<DuplicateGroup> sorted;
  for (const Place& place : places)
    sorted.push_back(std::move(groups[place.group]));
  groups = std::move(sorted);
}

void print_extras(const Library& library,
                  const std::vector<DuplicateGroup>& groups, char end) {
  std::vector<std::string> names;
  for (const DuplicateGroup& group : groups)
    for (const Duplicate& extra : group.extras) {
      if (is_in_archive(library, extra.row)) continue;
      names.push_back(file_argument(library.path(extra.row)));
      if (names.back().find(end) != std::string::npos)
        fail("{}: a newline in its name: use --null",
             escape_field(names.back()));
    }
  for (const std::string& name : names) print(name + end);
}

void print_lines(const Library& library,
                 const std::vector<DuplicateGroup>& groups) {
  for (std::size_t g = 0; g < groups.size(); ++g) {
    print_line(library, g + 1, "keep", kept(library, groups[g]));
    for (const Duplicate& extra : groups[g].extras)
      print_line(library, g + 1, name_of(extra.verdict.relation), extra);
  }
}

void print_objects(const Library& library,
                   const std::vector<DuplicateGroup>& groups) {
  for (std::size_t g = 0; g < groups.size(); ++g) {
    Json object;
    object["group"] = g + 1;
    object["keep"] = image_object(library, groups[g].keep);
    object["extras"] = Json::array();
    for (const Duplicate& extra : groups[g].extras)
      object["extras"].push_back(extra_object(library, extra));
    object["extra_bytes"] = extras_of(library, groups[g]).bytes;
    print(json_without_controls(object.dump()) + "\n");
  }
}

}  // namespace imsearch
