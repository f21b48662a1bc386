#include "protocol/name_query.h"

#include "io/text.h"

#include <algorithm>
#include <utility>

namespace imsearch {
namespace {

/// The pattern as Wildcard reads it, which knows sets: a bracket is none here,
/// and a backslash takes the meaning from what follows.
std::string with_sets_for_literals(const std::string& pattern) {
  std::string text;
  for (std::size_t at = 0; at < pattern.size(); ++at) {
    const bool escaped = pattern[at] == '\\' && at + 1 < pattern.size();
    if (escaped) ++at;
    const char c = pattern[at];
    if (c == '[' || (escaped && (c == '*' || c == '?')))
      text.append({'[', c, ']'});
    else
      text += c;
  }
  return text;
}

template <typename T>
bool holds(const std::vector<T>& sorted, const T& value) {
  return std::binary_search(sorted.begin(), sorted.end(), value);
}

}  // namespace

NameMatcher::NameMatcher(NameQuery query) : query_(std::move(query)) {
  std::sort(query_.values.begin(), query_.values.end());
  std::sort(query_.rows.begin(), query_.rows.end());
  for (NameQuery& part : query_.parts) parts_.emplace_back(std::move(part));
  if (query_.kind == NameQuery::Kind::kWildcard)
    wildcard_ = std::make_unique<Wildcard>(
        with_sets_for_literals(query_.values.front()));
}

bool NameMatcher::matches_text(std::string_view text) const {
  switch (query_.kind) {
    case NameQuery::Kind::kPrefix:
      return text.substr(0, query_.values.front().size()) ==
             query_.values.front();
    case NameQuery::Kind::kWildcard:
      return wildcard_->matches(text);
    default:
      return std::binary_search(query_.values.begin(), query_.values.end(),
                                text);
  }
}

bool NameMatcher::matches(std::uint32_t row, std::string_view name) const {
  const auto fits = [&](const NameMatcher& part) {
    return part.matches(row, name);
  };
  switch (query_.kind) {
    case NameQuery::Kind::kAll:
      return true;
    case NameQuery::Kind::kRows:
      return holds(query_.rows, row);
    case NameQuery::Kind::kEvery:
      return std::all_of(parts_.begin(), parts_.end(), fits);
    case NameQuery::Kind::kAny:
      return std::any_of(parts_.begin(), parts_.end(), fits);
    case NameQuery::Kind::kNone:
      return std::none_of(parts_.begin(), parts_.end(), fits);
    case NameQuery::Kind::kBytes:
      return !is_utf8(name) && matches_text(name);
    default:
      return is_utf8(name) ? matches_text(name) : matches_text(to_utf8(name));
  }
}

}  // namespace imsearch
