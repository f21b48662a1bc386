#include "protocol/similar.h"

#include "duplicates/thresholds.h"
#include "index/vector_set.h"
#include "io/json_text.h"
#include "io/text.h"
#include "protocol/document_fields.h"
#include "simd/kernels.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <numeric>
#include <utility>

namespace imsearch {
namespace {

constexpr std::size_t kMostRules = 20;

bool flag(const std::string& name, const std::string& value) {
  if (value.empty() || value == "1" || value == "true") return true;
  if (value == "0" || value == "false") return false;
  fail_request("the parameter [{}] should be true or false", name);
}

float similarity_in(const std::string& name, const std::string& text) {
  char* end = nullptr;
  const float value = std::strtof(text.c_str(), &end);
  if (text.empty() || *end != '\0' || !(value >= -1 && value <= 1))
    fail_request("the parameter [{}] should be a number from -1 to 1", name);
  return value;
}

/// "true", "false", or from which similarity on.
void read_distinct(const std::string& value, SimilarRequest& read) {
  const bool is_word = value.empty() || value == "1" || value == "true" ||
                       value == "auto" || value == "0" || value == "false";
  read.distinct = value != "0" && value != "false";
  if (!is_word) read.duplicates = similarity_in("distinct", value);
}

void add_rule(std::vector<std::string>& rules, const std::string& pattern) {
  if (pattern.empty() || pattern.size() > kLongestPattern)
    fail_request("a pattern for names has from 1 to {} bytes", kLongestPattern);
  if (rules.size() == kMostRules)
    fail_request("more than {} patterns for names", kMostRules);
  rules.push_back(pattern);
}

/// The shortest number that says six decimals, as query --json does.
double six_decimals(float similarity) {
  return std::round(static_cast<double>(similarity) * 1e6) / 1e6;
}

/// "key":"text", and the bytes of what is no text.
void append_text(std::string& json, const std::string& key,
                 std::string_view bytes) {
  append_string(json, key);
  json += ':';
  append_string(json, bytes);
  if (is_utf8(bytes)) return;
  json += ',';
  append_string(json, key + "_base64");
  json += ":\"" + base64(bytes) + '"';
}

/// From which similarity on two answers are duplicates.
float duplicates_from(const OpenedIndex& opened,
                      const SimilarRequest& request) {
  if (request.duplicates) return *request.duplicates;
  const auto known =
      known_thresholds(opened.index().info().model, Strictness::kDefault);
  if (!known)
    fail_request(
        "from which similarity on images are duplicates is not known "
        "for this network: distinct=0.98 says it");
  return known->similarity;
}

/// Whether two vectors are as similar, by the sum that query makes; nearly
/// always a quicker one has decided that before.
bool is_duplicate(const std::vector<float>& a, const std::vector<float>& b,
                  double similarity) {
  constexpr double kRounding = 1e-3;
  if (static_cast<double>(simd::active().dot(a.data(), b.data(), a.size())) <
      similarity - kRounding)
    return false;
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0) >= similarity;
}

/// Drops hits that are as similar to one above them; keeps `most` at most.
void leave_out_duplicates(const Index& index, float similarity,
                          std::size_t most, Deadline deadline, Hits& hits) {
  const std::size_t dim = index.dim();
  std::vector<std::vector<float>> kept;
  Hits distinct;
  for (const Hit& hit : hits) {
    if (distinct.size() == most) break;
    check_clock(deadline);
    std::vector<float> unit(dim);
    index.read_unit(hit.row, unit.data());
    const bool known =
        std::any_of(kept.begin(), kept.end(), [&](const auto& above) {
          return is_duplicate(unit, above, static_cast<double>(similarity));
        });
    if (known) continue;
    kept.push_back(std::move(unit));
    distinct.push_back(hit);
  }
  hits = std::move(distinct);
}

/// Drops the first hit whose file is the picture that was posted, of those that
/// are as similar as it can be.
void leave_out_own(const AskedVector& asked, Hits& hits) {
  constexpr float kSame = 0.9999F;
  if (!asked.is_own) return;
  for (auto hit = hits.begin(); hit != hits.end() && hit->similarity() >= kSame;
       ++hit)
    if (asked.is_own(hit->row)) {
      hits.erase(hit);
      return;
    }
}

/// Asks for more hits than are wanted, twice as many each time, until enough
/// are left once some are left out.
Hits enough_of(const OpenedIndex& opened, const SimilarRequest& request,
               const AskedVector& asked, Deadline deadline,
               const std::function<Hits(std::size_t)>& ask) {
  const std::size_t k = request.search.k;
  const float duplicates =
      request.distinct ? duplicates_from(opened, request) : 0;
  std::size_t wanted =
      request.distinct ? 2 * k + 1 : k + (asked.is_own ? 1 : 0);
  for (;; wanted *= 2) {
    check_clock(deadline);
    Hits hits = ask(std::min(wanted, opened.index().rows() + 1));
    const std::size_t found = hits.size();
    while (!hits.empty() && hits.back().similarity() < request.threshold)
      hits.pop_back();
    const bool all = found < wanted || hits.size() < found;
    if (!request.self) leave_out_own(asked, hits);
    if (request.distinct)
      leave_out_duplicates(opened.index(), duplicates, k, deadline, hits);
    if (hits.size() > k) hits.resize(k);
    if (all || hits.size() == k || wanted > kMostHits) return hits;
  }
}

Hits nearest(const OpenedIndex& opened, const SimilarRequest& request,
             const AskedVector& asked, Deadline deadline) {
  if (request.search.exact && opened.index().vectors() == nullptr)
    fail_request("exact search needs the vectors: {}",
                 opened.index().why_no_vectors());
  Hits hits;
  opened.with_searcher([&](Searcher& searcher) {
    std::optional<Searcher> among;
    if (!request.search.name_rules.empty())
      among.emplace(opened.index(),
                    opened.local().rows_passing(request.search.name_rules));
    Searcher& asker = among ? *among : searcher;
    const auto ask = [&](std::size_t wanted) {
      SearchParams search = request.search;
      search.k = wanted;
      return search.exact
                 ? asker.search_exactly(asked.unit.data(), wanted,
                                        asked.excluded)
                 : asker.search(asked.unit.data(), search, asked.excluded);
    };
    hits = enough_of(opened, request, asked, deadline, ask);
  });
  return hits;
}

void append_neighbor(std::string& json, const Index& index, const Hit& hit,
                     std::size_t rank) {
  json += "{\"rank\":";
  append_number(json, std::uint64_t{rank});
  json += ",\"row\":";
  append_number(json, std::uint64_t{hit.row});
  json += ",\"similarity\":";
  append_number(json, six_decimals(hit.similarity()));
  json += ',';
  append_text(json, "name", index.name(hit.row));
  json += '}';
}

/// Patterns that match no name are most likely not what was meant.
void append_unmatched(std::string& json,
                      const std::vector<std::string>& patterns) {
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    json += i == 0 ? ",\"unmatched\":[" : ",";
    append_string(json, patterns[i]);
  }
  if (!patterns.empty()) json += ']';
}

}  // namespace

SimilarRequest read_similar(const Request& request, std::size_t ef) {
  check_parameters(
      request,
      {"k", "threshold", "distinct", "ef", "exact", "row", "name", "self"},
      {"only", "not"});
  SimilarRequest read;
  read.search.k = count_parameter(request, "k", kMostHits).value_or(10);
  if (read.search.k == 0) fail_request("the parameter [k] should be 1 or more");
  read.search.ef = count_parameter(request, "ef", kMostHits).value_or(ef);
  if (read.search.ef == 0)
    fail_request("the parameter [ef] should be 1 or more");
  read.row = count_parameter(request, "row", UINT32_MAX);
  for (const auto& [key, value] : request.parameters) {
    if (key == "threshold") read.threshold = similarity_in(key, value);
    if (key == "only") add_rule(read.search.name_rules.only, value);
    if (key == "not") add_rule(read.search.name_rules.without, value);
    if (key == "distinct") read_distinct(value, read);
    if (key == "self") read.self = flag(key, value);
    if (key == "exact") read.search.exact = flag(key, value);
    if (key == "name") read.name = value;
  }
  if (read.row && read.name)
    fail_request("[row] and [name] in one request: one of them is looked for");
  return read;
}

AskedVector asked_row(const OpenedIndex& opened,
                      const SimilarRequest& request) {
  const Index& index = opened.index();
  AskedVector asked;
  if (request.row) {
    if (*request.row >= index.rows())
      throw RequestError(
          404, "row_not_found",
          fmt::format("no row {}: there are {}", *request.row, index.rows()));
    asked.number = request.row;
    asked.excluded = static_cast<std::uint32_t>(*request.row);
  } else if (request.name) {
    asked.text = *request.name;
    asked.excluded = index.find(asked.text);
    if (!asked.excluded)
      asked.excluded = index.find(unescape_field(asked.text));
    if (!asked.excluded)
      throw RequestError(404, "name_not_found", "no image of that name");
  } else {
    fail_request("nothing to look for: POST an image, or give [name] or [row]");
  }
  asked.unit.resize(index.dim());
  index.read_unit(*asked.excluded, asked.unit.data());
  return asked;
}

AskedVector asked_feature(const std::vector<float>& feature, std::string text) {
  AskedVector asked;
  asked.text = std::move(text);
  asked.unit.resize(feature.size());
  if (!normalize(feature.data(), feature.size(), asked.unit.data()))
    fail_request("the image's feature holds NaN or infinity");
  return asked;
}

std::string similar_answer(const OpenedIndex& opened,
                           const SimilarRequest& request,
                           const AskedVector& asked, Deadline deadline) {
  std::string json = "{\"query\":";
  if (asked.number) {
    append_number(json, std::uint64_t{*asked.number});
  } else {
    json.resize(1);
    append_text(json, "query", asked.text);
  }
  json +=
      fmt::format(R"(,"exact":{},"exact_similarities":{},"neighbors":[)",
                  request.search.exact, opened.index().vectors() != nullptr);
  std::size_t rank = 0;
  for (const Hit& hit : nearest(opened, request, asked, deadline)) {
    if (rank > 0) json += ',';
    append_neighbor(json, opened.index(), hit, ++rank);
  }
  json += ']';
  append_unmatched(json, opened.local().unmatched(request.search.name_rules));
  opened.index().ensure_unchanged();
  return json + "}\n";
}

}  // namespace imsearch
