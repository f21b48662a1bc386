// Names by patterns, here and, as regular expressions, at a service: both say
// the same of every name that is UTF-8.
#include "io/name_filter.h"

#include "base/error.h"
#include "io/text.h"

#include <algorithm>

namespace imsearch {
namespace {

/// As names are compared: "holiday/" is the folder holiday, as a shell
/// completes it, and "." the folder that all names count from.
std::string plain_pattern(const std::string& pattern) {
  const std::string plain = plain_name(pattern);
  return plain.empty() ? "*" : plain;
}

/// Whether there is a slash in it that does not end it.
bool has_inner_slash(const std::string& pattern) {
  return pattern.find('/') < pattern.find_last_not_of('/') + 1;
}

}  // namespace

std::string plain_name(std::string_view name) {
  std::string plain(name.substr(0, name.empty() || name[0] != '/' ? 0 : 1));
  while (!name.empty()) {
    const std::string_view part = name.substr(0, name.find('/'));
    name.remove_prefix(std::min(name.size(), part.size() + 1));
    if (part.empty() || part == ".") continue;
    if (!plain.empty() && plain.back() != '/') plain += '/';
    plain += part;
  }
  return plain;
}

NameFilter::Pattern::Pattern(const std::string& pattern)
    : text(plain_pattern(pattern)),
      of_path(has_inner_slash(pattern)),
      wildcard(text, Wildcard::Ending::kAnyCase) {
  if (pattern.empty()) fail("an empty pattern matches no name");
}

bool NameFilter::Pattern::matches(std::string_view name) const {
  std::size_t begin = 0;
  for (;;) {
    const std::size_t end = std::min(name.find('/', begin), name.size());
    const std::size_t from = of_path ? 0 : begin;
    if (wildcard.matches(name.substr(from, end - from))) return true;
    if (end == name.size()) return false;
    begin = end + 1;
  }
}

std::string NameFilter::Pattern::regular_form() const {
  const std::string form = wildcard.regular_form(
      of_path ? Wildcard::Slash::kTaken : Wildcard::Slash::kNotTaken);
  if (form.empty())
    fail("{}: not UTF-8, which is all that a service can compare",
         escape_field(text));
  return (of_path ? "" : "(.*/)?") + form + "(/.*)?";
}

std::vector<NameFilter::Pattern> NameFilter::parsed(
    const std::vector<std::string>& texts) {
  return {texts.begin(), texts.end()};
}

bool NameFilter::any_matches(const std::vector<Pattern>& patterns,
                             std::string_view name) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const Pattern& each) { return each.matches(name); });
}

NameFilter::NameFilter(const NameRules& rules)
    : only_(parsed(rules.only)), without_(parsed(rules.without)) {}

bool NameFilter::passes(std::string_view name) const {
  return (only_.empty() || any_matches(only_, name)) &&
         !any_matches(without_, name);
}

NameRules NameFilter::regular_forms() const {
  NameRules forms;
  for (const Pattern& pattern : only_)
    forms.only.push_back(pattern.regular_form());
  for (const Pattern& pattern : without_)
    forms.without.push_back(pattern.regular_form());
  return forms;
}

bool any_passes(
    const NameFilter& filter, std::size_t count,
    const std::function<std::optional<std::string_view>(std::size_t)>&
        name_of) {
  for (std::size_t i = 0; i < count; ++i)
    if (const auto name = name_of(i); name && filter.passes(*name)) return true;
  return false;
}

}  // namespace imsearch
