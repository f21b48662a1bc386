// Names by patterns, here and, as regular expressions, at a service: both say
// the same of every name that is UTF-8.
#include "io/name_filter.h"

#include "base/error.h"
#include "io/text.h"

#include <algorithm>

namespace imsearch {
namespace {

/// "holiday/" is the folder holiday, as a shell completes it.
std::string without_last_slash(std::string text) {
  while (text.size() > 1 && text.back() == '/') text.pop_back();
  return text;
}

}  // namespace

NameFilter::Pattern::Pattern(const std::string& pattern)
    : text(without_last_slash(pattern)),
      of_path(text.find('/') != std::string::npos),
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

}  // namespace imsearch
