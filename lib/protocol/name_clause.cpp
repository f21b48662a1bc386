// The query language's clauses, as far as they are about names. A field that
// documents do not have is an error, where a service would find nothing.
#include "protocol/name_clause.h"

#include "io/text.h"
#include "protocol/search_request.h"

#include <charconv>
#include <utility>

namespace imsearch {
namespace {

using Kind = NameQuery::Kind;

/// Members of a clause that change scores, or nothing.
bool is_without_effect(std::string_view key) {
  return key == "boost" || key == "_name" || key == "rewrite";
}

/// The value of {"name": "x"} or {"name": {"value": "x"}}.
std::string_view value_of(JsonValue value, std::string_view clause) {
  if (!value.is_object()) return text_of(value, clause);
  std::string_view text;
  bool found = false;
  for (const auto [key, member] : object_of(value, clause)) {
    if (key == "value" || key == clause) {
      text = text_of(member, clause);
      found = true;
    } else if (key == "case_insensitive") {
      if (flag_of(member, key)) fail_unknown(clause, key);
    } else if (!is_without_effect(key)) {
      fail_unknown(clause, key);
    }
  }
  if (!found) fail_request("[{}] has no [value]", clause);
  return text;
}

/// A document's id as the row that it names; none where no row has it.
std::optional<std::uint32_t> row_of(std::string_view id) {
  std::uint32_t row = 0;
  const auto [end, error] =
      std::from_chars(id.data(), id.data() + id.size(), row);
  const bool good = error == std::errc() && end == id.data() + id.size() &&
                    std::to_string(row) == id;
  return good ? std::optional(row) : std::nullopt;
}

NameQuery rows_clause(const std::vector<std::string>& ids) {
  NameQuery query;
  query.kind = Kind::kRows;
  for (const std::string& id : ids)
    if (const auto row = row_of(id)) query.rows.push_back(*row);
  return query;
}

/// What `values` of `field` mean.
NameQuery values_clause(std::string_view field, std::string_view clause,
                        std::vector<std::string> values) {
  if (field == "_id") return rows_clause(values);
  NameQuery query;
  query.kind = Kind::kNames;
  if (field == "name_base64") {
    query.kind = Kind::kBytes;
    for (std::string& value : values) value = from_base64(value);
  } else if (field != "name") {
    fail_request(
        "[{}]: there is no field [{}] to compare: there are name, "
        "name_base64 and _id",
        clause, printable(field));
  }
  query.values = std::move(values);
  return query;
}

NameQuery term(JsonValue body) {
  const auto [field, value] = only_member(body, "term");
  return values_clause(field, "term", {std::string(value_of(value, "term"))});
}

NameQuery terms(JsonValue body) {
  NameQuery query;
  bool found = false;
  for (const auto [field, value] : object_of(body, "terms")) {
    if (is_without_effect(field)) continue;
    if (found) fail_request("[terms] takes one field");
    array_of(value, "terms");
    query = values_clause(field, "terms", texts_of(value, "terms"));
    found = true;
  }
  if (!found) fail_request("[terms] has no field");
  return query;
}

NameQuery pattern(JsonValue body, std::string_view clause, Kind kind) {
  const auto [field, value] = only_member(body, clause);
  if (field != "name")
    fail_request("[{}] is for the field name, not [{}]", clause,
                 printable(field));
  NameQuery query;
  query.kind = kind;
  query.values = {std::string(value_of(value, clause))};
  if (query.values.front().size() > kLongestPattern)
    fail_request("[{}] of {} bytes: at most {} are taken", clause,
                 query.values.front().size(), kLongestPattern);
  return query;
}

NameQuery ids(JsonValue body) {
  for (const auto [key, value] : object_of(body, "ids")) {
    if (key == "values") return rows_clause(texts_of(value, "values"));
    if (!is_without_effect(key)) fail_unknown("ids", key);
  }
  fail_request("[ids] has no [values]");
}

std::vector<NameQuery> clauses_in(JsonValue value, std::string_view key,
                                  std::size_t& clauses) {
  std::vector<NameQuery> read;
  if (!value.is_array()) return {read_clause(value, clauses)};
  for (const JsonValue one : array_of(value, key))
    read.push_back(read_clause(one, clauses));
  return read;
}

/// "should" decides only where nothing else is required, unless one must match.
NameQuery boolean(JsonValue body, std::size_t& clauses) {
  NameQuery every;
  every.kind = Kind::kEvery;
  NameQuery any;
  any.kind = Kind::kAny;
  std::optional<std::size_t> least;
  for (const auto [key, value] : object_of(body, "bool")) {
    if (key == "must" || key == "filter") {
      for (NameQuery& part : clauses_in(value, key, clauses))
        every.parts.push_back(std::move(part));
    } else if (key == "must_not") {
      NameQuery none;
      none.kind = Kind::kNone;
      none.parts = clauses_in(value, key, clauses);
      every.parts.push_back(std::move(none));
    } else if (key == "should") {
      any.parts = clauses_in(value, key, clauses);
    } else if (key == "minimum_should_match") {
      least = count_of(value, key, 0, 1);
    } else if (!is_without_effect(key)) {
      fail_unknown("bool", key);
    }
  }
  if (!any.parts.empty() && least.value_or(every.parts.empty() ? 1 : 0) == 1)
    every.parts.push_back(std::move(any));
  return every;
}

}  // namespace

NameQuery read_clause(JsonValue clause, std::size_t& clauses) {
  if (++clauses > kMostClauses)
    fail_request("a query of more than {} clauses", kMostClauses);
  const auto [kind, body] = only_member(clause, "query");
  if (kind == "match_all") {
    for (const auto [key, value] : object_of(body, kind)) {
      static_cast<void>(value);
      if (!is_without_effect(key)) fail_unknown(kind, key);
    }
    return {};
  }
  if (kind == "term") return term(body);
  if (kind == "terms") return terms(body);
  if (kind == "prefix") return pattern(body, "prefix", Kind::kPrefix);
  if (kind == "wildcard") return pattern(body, "wildcard", Kind::kWildcard);
  if (kind == "ids") return ids(body);
  if (kind == "bool") return boolean(body, clauses);
  if (kind == "constant_score") {
    for (const auto [key, value] : object_of(body, kind))
      if (key == "filter") return read_clause(value, clauses);
    fail_request("[constant_score] has no [filter]");
  }
  fail_unknown("query", kind);
}

}  // namespace imsearch
