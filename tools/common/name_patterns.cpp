#include "common/name_patterns.h"

#include "common/cli.h"

#include "io/file.h"
#include "io/name_filter.h"
#include "io/text.h"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string_view>
#include <utility>

namespace imsearch::cli {
namespace {

namespace fs = std::filesystem;

/// Absolute, by each of the paths that lead there.
std::vector<std::string> folders_of_names(const Index& index) {
  std::vector<fs::path> folders = {fs::current_path()};
  // As the shell knows it, by whatever links.
  if (const char* shown = std::getenv("PWD"))
    if (same_file(shown, ".")) folders.emplace_back(shown);
  for (const std::string& vectors : index.source_paths()) {
    const fs::path folder = fs::absolute(parent_folder(vectors));
    folders.push_back(folder.lexically_normal());
    std::error_code error;
    folders.push_back(fs::canonical(folder, error));
  }
  std::vector<std::string> plain;
  for (const fs::path& folder : folders)
    if (!folder.empty()) plain.push_back(plain_name(folder.string()));
  return plain;
}

/// What of the pattern is below the folder; empty: it is not below it.
std::string below(const std::string& folder, const std::string& pattern) {
  if (pattern == folder) return ".";
  if (pattern.compare(0, folder.size(), folder) != 0 ||
      pattern[folder.size()] != '/')
    return "";
  // With a slash: compared from the start of names.
  return "./" + pattern.substr(folder.size() + 1);
}

}  // namespace

std::vector<std::string> as_names(const Index& index,
                                  const std::vector<std::string>& patterns) {
  std::vector<std::string> all = patterns;
  for (const std::string& pattern : patterns) {
    if (pattern.empty() || pattern[0] != '/') continue;
    for (const std::string& folder : folders_of_names(index))
      if (std::string rest = below(folder, plain_name(pattern)); !rest.empty())
        all.push_back(std::move(rest));
  }
  return all;
}

NameRules as_names(const Index& index, const NameRules& rules) {
  return {as_names(index, rules.only), as_names(index, rules.without)};
}

std::size_t count_matching(
    const char* option, const std::vector<std::string>& patterns,
    const Index& index,
    const std::function<bool(std::uint32_t row)>& is_there) {
  std::optional<std::string_view> example;
  const auto name_of = [&](std::size_t i) -> std::optional<std::string_view> {
    const auto row = static_cast<std::uint32_t>(i);
    if (!is_there(row)) return std::nullopt;
    if (!example) example = index.name(row);
    return index.name(row);
  };
  std::size_t matching = 0;
  for (const std::string& pattern : patterns) {
    if (any_passes(NameFilter({as_names(index, {pattern}), {}}), index.rows(),
                   name_of)) {
      ++matching;
      continue;
    }
    say(fmt::format(
        "{} {}: no image has such a name{}", option, escape_field(pattern),
        example ? ": names are like " + escape_field(*example) : ""));
  }
  return matching;
}

std::string text_of(const NameRules& rules) {
  std::string text;
  for (const std::string& pattern : rules.only)
    text += (text.empty() ? "--only " : " --only ") + pattern;
  for (const std::string& pattern : rules.without)
    text += (text.empty() ? "--not " : " --not ") + pattern;
  return text;
}

}  // namespace imsearch::cli
