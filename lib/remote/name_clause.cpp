#include "remote/name_clause.h"

#include "io/json.h"
#include "io/name_filter.h"
#include "remote/dialect.h"

#include <nlohmann/json.hpp>

namespace imsearch {
namespace {

/// Matches each name that one of the regular expressions matches.
Json any_of(const std::vector<std::string>& forms) {
  Json clauses = Json::array();
  for (const std::string& form : forms)
    clauses.push_back(
        {{"regexp", {{kNameField, {{"value", form}, {"flags", "NONE"}}}}}});
  return {{"bool", {{"should", clauses}, {"minimum_should_match", 1}}}};
}

}  // namespace

std::string name_clause(const NameRules& rules, const std::string& filter) {
  if (rules.empty()) return filter;
  const NameRules forms = NameFilter(rules).regular_forms();
  Json all = Json::object();
  all["filter"] = Json::array();
  if (!filter.empty()) all["filter"].push_back(Json::parse(filter));
  if (!forms.only.empty()) all["filter"].push_back(any_of(forms.only));
  if (!forms.without.empty()) all["must_not"] = any_of(forms.without);
  return Json{{"bool", all}}.dump();
}

}  // namespace imsearch
