// Bodies of _search, in both dialects. Every member is looked at: one that is
// not known here would change what a service answers.
#include "protocol/search_request.h"

#include "protocol/document_fields.h"
#include "protocol/json_reader.h"
#include "protocol/name_clause.h"

#include "io/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace imsearch {
namespace {

/// Reads one search.
class SearchReader {
 public:
  explicit SearchReader(const ServedFields& fields) : fields_(fields) {}

  void read_body(JsonValue body);
  void read_parameters(const Request& request);
  SearchRequest finished();

 private:
  void read_member(std::string_view key, JsonValue value);
  void read_query(JsonValue query);
  void read_knn_query(JsonValue body);
  void read_knn_member(std::string_view key, JsonValue value);
  void read_exact_query(JsonValue body);
  void read_script(JsonValue script);
  void read_script_params(JsonValue params);
  void read_top_knn(JsonValue knn);
  void check_field(std::string_view field) const;

  const ServedFields& fields_;
  SearchRequest search_;
  std::optional<std::size_t> k_;
  bool has_query_ = false;
  bool has_knn_ = false;
  std::size_t clauses_ = 0;
};

void SearchReader::check_field(std::string_view field) const {
  if (field != fields_.vector)
    fail_request("there is no field [{}] of vectors: it is called [{}]",
                 printable(field), fields_.vector);
}

void SearchReader::read_knn_member(std::string_view key, JsonValue value) {
  if (key == "vector") {
    search_.vector = floats_of(value, key, fields_.dim);
  } else if (key == "k") {
    k_ = count_of(value, key, 1, kMostHits);
  } else if (key == "filter") {
    search_.filter = read_clause(value, clauses_);
  } else if (key == "min_score") {
    search_.min_score = number_of(value, key);
  } else if (key == "method_parameters") {
    for (const auto [name, number] : object_of(value, key)) {
      if (name != "ef_search") fail_unknown(key, name);
      search_.ef = count_of(number, name, 1, kMostHits);
    }
  } else if (key != "boost" && key != "_name") {
    fail_unknown("knn", key);
  }
}

void SearchReader::read_knn_query(JsonValue body) {
  const auto [field, members] = only_member(body, "knn");
  check_field(field);
  for (const auto [key, value] : object_of(members, field))
    read_knn_member(key, value);
  if (!search_.is_nearest()) fail_request("[knn] has no [vector]");
  if (!k_) fail_request("[knn] has no [k]");
}

void SearchReader::read_script_params(JsonValue params) {
  for (const auto [key, value] : object_of(params, "params")) {
    if (key == "field")
      check_field(text_of(value, key));
    else if (key == "query_value")
      search_.vector = floats_of(value, key, fields_.dim);
    else if (key == "space_type")
      search_.space = text_of(value, key);
    else
      fail_unknown("params", key);
  }
}

void SearchReader::read_script(JsonValue script) {
  for (const auto [key, value] : object_of(script, "script")) {
    if (key == "params") {
      read_script_params(value);
    } else if (key == "source") {
      if (text_of(value, key) != "knn_score")
        fail_request("[script] is none of ours: there is knn_score");
    } else if (key != "lang") {
      fail_unknown("script", key);
    }
  }
  if (!search_.is_nearest()) fail_request("[script] has no [query_value]");
}

void SearchReader::read_exact_query(JsonValue body) {
  search_.exact = true;
  for (const auto [key, value] : object_of(body, "script_score")) {
    if (key == "query")
      search_.filter = read_clause(value, clauses_);
    else if (key == "script")
      read_script(value);
    else if (key == "min_score")
      search_.min_score = number_of(value, key);
    else if (key != "boost")
      fail_unknown("script_score", key);
  }
  if (!search_.is_nearest()) fail_request("[script_score] has no [script]");
}

void SearchReader::read_query(JsonValue query) {
  const auto [kind, body] = only_member(query, "query");
  if (kind == "knn")
    read_knn_query(body);
  else if (kind == "script_score")
    read_exact_query(body);
  else
    search_.filter = read_clause(query, clauses_);
  has_query_ = true;
}

void SearchReader::read_top_knn(JsonValue knn) {
  if (knn.is_array()) {
    const simdjson::dom::array all = array_of(knn, "knn");
    if (all.size() != 1)
      fail_request("[knn] has {} searches: one is answered", all.size());
    knn = all.at(0);
  }
  bool has_field = false;
  for (const auto [key, value] : object_of(knn, "knn")) {
    if (key == "field") {
      check_field(text_of(value, key));
      has_field = true;
    } else if (key == "query_vector") {
      read_knn_member("vector", value);
    } else if (key == "num_candidates") {
      search_.ef = count_of(value, key, 1, kMostHits);
    } else if (key == "vector" || key == "method_parameters") {
      fail_unknown("knn", key);
    } else {
      read_knn_member(key, value);
    }
  }
  if (!has_field) fail_request("[knn] has no [field]");
  if (!search_.is_nearest()) fail_request("[knn] has no [query_vector]");
  has_knn_ = true;
}

void SearchReader::read_member(std::string_view key, JsonValue value) {
  if (key == "query") {
    read_query(value);
  } else if (key == "knn") {
    read_top_knn(value);
  } else if (key == "size") {
    search_.size = count_of(value, key, 0, kMostHits);
  } else if (key == "from") {
    search_.from = count_of(value, key, 0, kMostHits);
  } else if (key == "min_score") {
    search_.min_score = number_of(value, key);
  } else if (key == "_source") {
    search_.source = read_source(value, fields_);
  } else if (key == "docvalue_fields" || key == "fields") {
    search_.fields = read_fields(value, key, fields_);
  } else if (key == "stored_fields") {
    // "_none_" leaves out _source, too.
    search_.source = std::nullopt;
  } else if (key == "explain" || key == "profile" || key == "version" ||
             key == "seq_no_primary_term") {
    if (flag_of(value, key)) fail_unknown("_search", key);
  } else if (key != "track_total_hits" && key != "track_scores" &&
             key != "timeout" && key != "terminate_after") {
    fail_unknown("_search", key);
  }
}

void SearchReader::read_body(JsonValue body) {
  for (const auto [key, value] : object_of(body, "_search"))
    read_member(key, value);
  if (has_query_ && has_knn_)
    fail_request("[query] and [knn] in one search: one of them is answered");
}

void SearchReader::read_parameters(const Request& request) {
  check_parameters(request, {"size", "from", "_source", "_source_includes",
                             "_source_excludes", "_source_include",
                             "_source_exclude", "docvalue_fields"});
  if (const auto size = count_parameter(request, "size", kMostHits))
    search_.size = *size;
  if (const auto from = count_parameter(request, "from", kMostHits))
    search_.from = *from;
  if (has_source_parameter(request))
    search_.source = source_of_parameters(request, fields_);
  if (const std::string* fields = request.parameter("docvalue_fields"))
    search_.fields = fields_of_list(*fields, fields_);
  const std::string* total = request.parameter("rest_total_hits_as_int");
  search_.total_as_number = total != nullptr && *total != "false";
}

SearchRequest SearchReader::finished() {
  if (search_.from + search_.size > kMostHits)
    fail_request("[from] + [size] is {}: at most {} hits are given",
                 search_.from + search_.size, kMostHits);
  search_.k = k_.value_or(std::max<std::size_t>(
      1, search_.exact ? search_.from + search_.size : search_.size));
  return std::move(search_);
}

}  // namespace

SearchRequest read_search(const Request& request, const ServedFields& fields) {
  SearchReader reader(fields);
  if (!request.body.empty()) reader.read_body(parse_request(request.body));
  reader.read_parameters(request);
  return reader.finished();
}

std::vector<SearchLine> read_search_lines(std::string_view body) {
  std::vector<SearchLine> searches;
  bool header = true;
  while (!body.empty()) {
    const std::string_view line = body.substr(0, body.find('\n'));
    body.remove_prefix(std::min(body.size(), line.size() + 1));
    if (header) {
      if (line.empty()) continue;
      if (searches.size() == kMostSearches)
        fail_request("more than {} searches in one request", kMostSearches);
      searches.push_back({index_of_header(line), ""});
    } else {
      if (line.empty()) fail_request("a search of _msearch has no body");
      searches.back().body = line;
    }
    header = !header;
  }
  if (!header) fail_request("the last search of _msearch has no body");
  if (searches.empty()) fail_request("_msearch without a search");
  return searches;
}

}  // namespace imsearch
