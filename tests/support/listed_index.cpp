#include "support/listed_index.h"

#include "index/index.h"

#include <algorithm>

namespace imsearch::test {
namespace {

class ListedSession : public SearchSession {
 public:
  ListedSession(const ListedIndex& index, SearchParams params)
      : index_(index), params_(std::move(params)) {}

  Answer ask(const SearchQuery& query) override {
    return index_.ask(query, params_);
  }

 private:
  const ListedIndex& index_;
  SearchParams params_;
};

float squared_distance(const float* a, const std::vector<float>& b) {
  float sum = 0;
  for (std::size_t i = 0; i < b.size(); ++i)
    sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sum;
}

}  // namespace

ListedIndex::ListedIndex(std::vector<Row> rows) : rows_(std::move(rows)) {}

std::optional<StoredRow> ListedIndex::row(std::size_t number) {
  if (number >= rows_.size()) return std::nullopt;
  return StoredRow{static_cast<std::uint32_t>(number), rows_[number].first,
                   rows_[number].second, ""};
}

std::optional<StoredRow> ListedIndex::find(const std::string& name) {
  for (std::size_t i = 0; i < rows_.size(); ++i)
    if (rows_[i].first == name) return row(i);
  return std::nullopt;
}

std::vector<std::uint32_t> ListedIndex::sample(std::size_t count,
                                               std::uint64_t) {
  std::vector<std::uint32_t> rows;
  for (std::uint32_t i = 0; i < std::min(count, rows_.size()); ++i)
    rows.push_back(i);
  return rows;
}

void ListedIndex::read_units(const std::vector<std::uint32_t>& rows,
                             float* out) {
  for (const std::uint32_t row : rows)
    out = std::copy(rows_[row].second.begin(), rows_[row].second.end(), out);
}

std::unique_ptr<SearchSession> ListedIndex::session(
    const SearchParams& params) const {
  return std::make_unique<ListedSession>(*this, params);
}

Answer ListedIndex::ask(const SearchQuery& query,
                        const SearchParams& params) const {
  Hits hits;
  for (std::uint32_t i = 0; i < rows_.size(); ++i) {
    const float distance = squared_distance(query.unit, rows_[i].second);
    if (i == damaged_ && distance < 1) throw RowError("row is damaged");
    if (i != query.excluded) hits.push_back({i, distance});
  }
  std::sort(hits.begin(), hits.end());
  hits.resize(std::min(hits.size(), params.k));
  Answer answer;
  answer.hits = hits;
  if (params.names)
    for (const Hit& hit : hits) answer.names.push_back(rows_[hit.row].first);
  return answer;
}

}  // namespace imsearch::test
