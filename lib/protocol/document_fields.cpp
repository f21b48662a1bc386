#include "protocol/document_fields.h"

#include "io/text.h"
#include "io/wildcard.h"
#include "protocol/name_clause.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <set>

namespace imsearch {
namespace {

/// Parameters that change nothing in what is answered here.
constexpr std::string_view kWithoutEffect[] = {"pretty",
                                               "human",
                                               "error_trace",
                                               "timeout",
                                               "request_timeout",
                                               "preference",
                                               "routing",
                                               "ignore_unavailable",
                                               "allow_no_indices",
                                               "expand_wildcards",
                                               "typed_keys",
                                               "allow_partial_search_results",
                                               "search_type",
                                               "request_cache",
                                               "realtime",
                                               "refresh",
                                               "track_total_hits",
                                               "rest_total_hits_as_int",
                                               "track_scores",
                                               "ccs_minimize_roundtrips",
                                               "local",
                                               "master_timeout",
                                               "flat_settings",
                                               "batched_reduce_size",
                                               "include_defaults",
                                               "cluster_manager_timeout",
                                               "phase_took",
                                               "max_concurrent_shard_requests",
                                               "ignore_throttled",
                                               "pre_filter_shard_size",
                                               "include_type_name"};

bool is_without_effect(std::string_view name) {
  return std::find(std::begin(kWithoutEffect), std::end(kWithoutEffect),
                   name) != std::end(kWithoutEffect);
}

std::vector<std::string> split_list(const std::string& list) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at <= list.size();) {
    const std::size_t end = std::min(list.find(',', at), list.size());
    if (end > at) parts.push_back(list.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

bool matches_any(const std::vector<std::string>& patterns,
                 const std::string& field) {
  return std::any_of(
      patterns.begin(), patterns.end(), [&](const std::string& pattern) {
        if (pattern.size() > kLongestPattern)
          fail_request("[_source] has a pattern of {} bytes", pattern.size());
        return Wildcard(pattern).matches(field);
      });
}

/// Fields that a pattern includes (all if there is none) and none excludes.
DocumentFields chosen(const std::vector<std::string>& includes,
                      const std::vector<std::string>& excludes,
                      const ServedFields& fields) {
  const auto is_chosen = [&](const std::string& field) {
    return (includes.empty() || matches_any(includes, field)) &&
           !matches_any(excludes, field);
  };
  return {is_chosen("name"), is_chosen("name_base64"),
          is_chosen(fields.vector)};
}

void choose(DocumentFields& chosen, std::string_view field,
            const ServedFields& fields) {
  if (field == "name")
    chosen.name = true;
  else if (field == "name_base64")
    chosen.name_base64 = true;
  else if (field == fields.vector)
    chosen.vector = true;
  else
    fail_request("there is no field [{}]: there are name, name_base64 and {}",
                 printable(field), fields.vector);
}

DocumentId id_of(JsonValue value) {
  if (value.is_string()) return {"", std::string(text_of(value, "ids"))};
  DocumentId id;
  for (const auto [key, member] : object_of(value, "docs")) {
    if (key == "_index")
      id.index = text_of(member, key);
    else if (key == "_id")
      id.id = text_of(member, key);
    else if (key != "_type" && key != "routing")
      fail_unknown("docs", key);
  }
  return id;
}

}  // namespace

std::optional<DocumentFields> read_source(JsonValue value,
                                          const ServedFields& fields) {
  if (value.is_bool())
    return flag_of(value, "_source") ? std::optional(DocumentFields::all())
                                     : std::nullopt;
  if (!value.is_object()) {
    const std::vector<std::string> includes = texts_of(value, "_source");
    // An empty list is not one that includes all.
    return includes.empty() ? DocumentFields::all()
                            : chosen(includes, {}, fields);
  }
  std::vector<std::string> includes;
  std::vector<std::string> excludes;
  for (const auto [key, member] : object_of(value, "_source")) {
    if (key == "includes" || key == "include")
      includes = texts_of(member, key);
    else if (key == "excludes" || key == "exclude")
      excludes = texts_of(member, key);
    else
      fail_unknown("_source", key);
  }
  return chosen(includes, excludes, fields);
}

DocumentFields read_fields(JsonValue value, std::string_view key,
                           const ServedFields& fields) {
  DocumentFields read;
  for (const JsonValue one : array_of(value, key)) {
    if (!one.is_object()) {
      choose(read, text_of(one, key), fields);
      continue;
    }
    for (const auto [name, member] : object_of(one, key)) {
      if (name == "field")
        choose(read, text_of(member, name), fields);
      else if (name != "format")
        fail_unknown(key, name);
    }
  }
  return read;
}

DocumentFields fields_of_list(const std::string& list,
                              const ServedFields& fields) {
  DocumentFields read;
  for (const std::string& field : split_list(list)) choose(read, field, fields);
  return read;
}

bool has_source_parameter(const Request& request) {
  return std::any_of(request.parameters.begin(), request.parameters.end(),
                     [](const auto& parameter) {
                       return parameter.first.rfind("_source", 0) == 0;
                     });
}

std::optional<DocumentFields> source_of_parameters(const Request& request,
                                                   const ServedFields& fields) {
  std::vector<std::string> includes;
  std::vector<std::string> excludes;
  for (const auto& [key, value] : request.parameters) {
    if (key == "_source" && value == "false") return std::nullopt;
    if (key == "_source_excludes" || key == "_source_exclude")
      excludes = split_list(value);
    else if (key == "_source_includes" || key == "_source_include" ||
             (key == "_source" && value != "true" && !value.empty()))
      includes = split_list(value);
  }
  return chosen(includes, excludes, fields);
}

std::optional<std::size_t> count_parameter(const Request& request,
                                           std::string_view name,
                                           std::size_t most) {
  const std::string* text = request.parameter(name);
  if (text == nullptr) return std::nullopt;
  std::size_t count = 0;
  const char* end = text->data() + text->size();
  const auto [stop, error] = std::from_chars(text->data(), end, count);
  if (error != std::errc() || stop != end || count > most)
    fail_request("the parameter [{}] should be a whole number from 0 to {}",
                 name, most);
  return count;
}

std::string index_of_header(std::string_view line) {
  std::string index;
  for (const auto [key, value] : object_of(parse_request(line), "_msearch")) {
    if (key == "index") {
      const std::vector<std::string> names = texts_of(value, key);
      if (names.size() != 1) fail_request("[index] should be one index");
      index = names.front();
    } else if (!is_without_effect(key)) {
      fail_unknown("_msearch", key);
    }
  }
  return index;
}

NameQuery read_count(const Request& request, const ServedFields&) {
  check_parameters(request, {});
  NameQuery query;
  if (request.body.empty()) return query;
  std::size_t clauses = 0;
  for (const auto [key, value] :
       object_of(parse_request(request.body), "_count")) {
    if (key != "query") fail_unknown("_count", key);
    query = read_clause(value, clauses);
  }
  return query;
}

std::vector<DocumentId> read_ids(const Request& request) {
  std::vector<DocumentId> ids;
  for (const auto [key, value] :
       object_of(parse_request(request.body), "_mget")) {
    if (key != "ids" && key != "docs") fail_unknown("_mget", key);
    for (const JsonValue one : array_of(value, key)) {
      if (ids.size() == kMostHits)
        fail_request("more than {} documents in one request", kMostHits);
      ids.push_back(id_of(one));
    }
  }
  return ids;
}

void check_parameters(const Request& request,
                      std::initializer_list<std::string_view> known,
                      std::initializer_list<std::string_view> repeatable) {
  const auto has = [](auto names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  std::set<std::string_view> seen;
  for (const auto& [key, value] : request.parameters) {
    const std::string_view name = key;
    if (is_without_effect(name) || has(repeatable, name)) continue;
    if (!has(known, name))
      fail_request("the parameter [{}] is not supported here", printable(key));
    if (!seen.insert(name).second)
      fail_request("the parameter [{}] is given twice: give it once", key);
  }
}

}  // namespace imsearch
