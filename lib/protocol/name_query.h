// Which rows are meant, by their names and numbers: a clause of the search
// protocol's query language.
#pragma once

#include "io/wildcard.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace imsearch {

/// A clause as it was read: a tree of few levels.
struct NameQuery {
  enum class Kind {
    kAll,
    kNames,     // one of `values`, as the field "name" shows it
    kBytes,     // one of `values`, which are no text
    kPrefix,    // begins with values[0]
    kWildcard,  // matches values[0], of * and ? alone
    kRows,      // one of `rows`
    kEvery,     // all of `parts`
    kAny,       // one of `parts`
    kNone,      // none of `parts`
  };

  Kind kind = Kind::kAll;
  std::vector<std::string> values;
  std::vector<std::uint32_t> rows;
  std::vector<NameQuery> parts;
};

/// A clause made ready to be asked often. Immutable; any thread.
class NameMatcher {
 public:
  explicit NameMatcher(NameQuery query);

  bool matches_all() const { return query_.kind == NameQuery::Kind::kAll; }
  bool matches(std::uint32_t row, std::string_view name) const;

 private:
  bool matches_text(std::string_view text) const;

  NameQuery query_;  // its values and rows are sorted
  std::vector<NameMatcher> parts_;
  std::unique_ptr<Wildcard> wildcard_;
};

}  // namespace imsearch
