// Searching at a service: opening asks who the service is and what the index
// says of itself; a query is one request, and its scores become distances
// again.
//
// The row that is not to be found (`excluded`) is taken out here: one more is
// asked for. Hits are sorted again, so that rows at equal distances come in the
// order of their numbers, as they do from an index file.
#include "remote/remote_index.h"

#include "io/json_text.h"
#include "remote/loading.h"
#include "remote/name_clause.h"
#include "remote/stored_rows.h"

#include <algorithm>
#include <random>
#include <set>
#include <utility>

namespace imsearch {
namespace {

IndexMeta read_meta(HttpClient& client, const ServiceUrl& url) {
  const std::optional<IndexMeta> meta = read_answer(
      ask(client, http_get(url.path("_mapping"))), url.text(),
      [&](const Json& mapping) { return meta_in(mapping, url.text()); });
  if (!meta)
    fail(
        "{}: its mapping has no _meta.imsearch: push made no such index, so "
        "model and rows cannot be checked",
        url.text());
  return *meta;
}

/// A row and its squared distance 2 - 2 cos. Rounded scores can put the cosine
/// above 1: the distance is then 0.
Hit hit_of(std::uint32_t row, double cosine) {
  return {row, static_cast<float>(std::max(0.0, 2 - 2 * cosine))};
}

/// Throws Error if the answer lacks a part: hits of some shards alone would
/// look like an answer of low recall.
void check_shards(const Json& answer, const std::string& where) {
  if (answer.value("timed_out", false))
    fail("{}: the service took too long and answered in part", where);
  const Json& shards = answer.at("_shards");
  if (shards.value("failed", 0) > 0)
    fail("{}: {} of {} shards failed", where, shards.value("failed", 0),
         shards.value("total", 0));
}

struct Found {
  Hit hit;
  std::string name;
};

std::vector<Found> hits_in(const Json& json, const RemoteIndex& index) {
  std::vector<Found> found;
  for (const Json& hit : json.at("hits").at("hits")) {
    const double cosine = cosine_of_score(hit.at("_score").get<double>(),
                                          index.meta().spec.space);
    found.push_back({hit_of(row_of_id(hit.at("_id"), index.where()), cosine),
                     name_in_fields(hit)});
  }
  return found;
}

/// The `k` nearest without the row `excluded`.
Answer answer_of(std::vector<Found> found, std::size_t k,
                 std::optional<std::uint32_t> excluded, bool names) {
  found.erase(
      std::remove_if(found.begin(), found.end(),
                     [&](const Found& f) { return f.hit.row == excluded; }),
      found.end());
  std::sort(found.begin(), found.end(),
            [](const Found& a, const Found& b) { return a.hit < b.hit; });
  if (found.size() > k) found.resize(k);
  Answer answer;
  for (Found& f : found) {
    answer.hits.push_back(f.hit);
    if (names) answer.names.push_back(std::move(f.name));
  }
  return answer;
}

}  // namespace

RemoteIndex::RemoteIndex(const Endpoint& endpoint) : endpoint_(endpoint) {
  HttpClient client(endpoint_);
  service_ = identify(client);
  meta_ = read_meta(client, endpoint_.url);
  dialect_ = dialect_of(service_);
  rows_ = count_rows(client);
}

RemoteSearcher::RemoteSearcher(const RemoteIndex& index)
    : index_(&index), client_(index.endpoint(), HttpClient::Host::kAnswered) {}

Answer RemoteSearcher::search(const float* unit_query,
                              const SearchParams& params,
                              std::optional<std::uint32_t> excluded) {
  SearchSpec spec;
  append_vector(spec.vector, unit_query, index_->dim());
  spec.k = params.k + (excluded ? 1 : 0);
  spec.ef = std::max(params.ef, spec.k);
  spec.exact = params.exact;
  spec.filter = name_clause(params.name_rules, params.filter);
  const std::string names =
      params.names ? fmt::format(R"("docvalue_fields":["{}","{}"],)",
                                 kNameField, kNameBytesField)
                   : "";
  const HttpRequest request = http_post(
      index_->endpoint().url.path("_search") +
          "?allow_partial_search_results=false",
      fmt::format(
          R"({{"size":{},"_source":false,{}{}}})", spec.k, names,
          index_->dialect().search_body(spec, index_->meta().spec.space)));
  return read_answer(
      ask_search(client_, request), index_->where(), [&](const Json& json) {
        check_shards(json, index_->where());
        Answer answer =
            answer_of(hits_in(json, *index_), params.k, excluded, params.names);
        answer.took_ms = json.at("took").get<double>();
        return answer;
      });
}

std::vector<StoredRow> RemoteSearcher::rows(
    const std::vector<std::uint32_t>& numbers) {
  return read_rows(client_, index_->dialect(), numbers);
}

std::optional<StoredRow> RemoteSearcher::find(const std::string& name) {
  const std::vector<std::uint32_t> rows = rows_of_name(client_, name);
  if (rows.empty()) return std::nullopt;
  std::vector<StoredRow> found =
      read_rows(client_, index_->dialect(), {rows.front()});
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

std::vector<std::uint32_t> RemoteSearcher::sample(std::size_t count,
                                                  std::uint64_t seed) {
  const std::size_t rows = index_->meta().rows;
  std::mt19937_64 random(seed);
  std::set<std::uint32_t> tried;
  std::vector<std::uint32_t> sampled;
  // Row numbers are drawn by chance. Rows may have been deleted or refused, so
  // those that are not there are replaced by others, until enough are found or
  // every row has been tried.
  while (sampled.size() < count && tried.size() < rows) {
    std::vector<std::uint32_t> next;
    const std::size_t wanted =
        std::min(count - sampled.size(), rows - tried.size());
    while (next.size() < wanted) {
      const auto row = static_cast<std::uint32_t>(random() % rows);
      if (tried.insert(row).second) next.push_back(row);
    }
    const std::vector<bool> there = are_there(client_, next);
    for (std::size_t i = 0; i < next.size(); ++i)
      if (there[i]) sampled.push_back(next[i]);
  }
  std::sort(sampled.begin(), sampled.end());
  return sampled;
}

}  // namespace imsearch
