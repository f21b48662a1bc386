#include "common/service_index.h"

#include "common/cli.h"

#include "base/error.h"
#include "base/progress.h"

#include <algorithm>
#include <limits>

namespace imsearch {
namespace {

class ServiceAsker : public Asker {
 public:
  ServiceAsker(const RemoteIndex& index, const AskParams& params)
      : params_{params.search.k, params.search.ef, params.exact, params.filter},
        searcher_(index) {}

  Neighbors ask(const float* unit_query,
                std::optional<std::uint32_t> leave_out) override {
    Neighbors neighbors;
    for (RemoteHit& found :
         searcher_.search(unit_query, params_, leave_out).hits)
      neighbors.push_back({found.hit, std::move(found.name)});
    return neighbors;
  }

 private:
  RemoteSearchParams params_;
  RemoteSearcher searcher_;
};

}  // namespace

ServiceIndex::ServiceIndex(const Endpoint& endpoint)
    : index_(endpoint), searcher_(index_) {}

StoredRow ServiceIndex::stored_row(RemoteRow row) const {
  // Others may write there, too.
  if (row.unit.size() != dim())
    fail("{}: row {}: {} floats instead of {}", where(), row.row,
         row.unit.size(), dim());
  return {row.row, std::move(row.name), std::move(row.unit), ""};
}

std::optional<StoredRow> ServiceIndex::row(std::size_t number) {
  if (number > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
  std::vector<RemoteRow> found =
      searcher_.rows({static_cast<std::uint32_t>(number)});
  if (found.empty()) return std::nullopt;
  return stored_row(std::move(found.front()));
}

std::optional<StoredRow> ServiceIndex::find(const std::string& name) {
  std::optional<RemoteRow> found = searcher_.find(name);
  if (!found) return std::nullopt;
  return stored_row(std::move(*found));
}

std::vector<std::uint32_t> ServiceIndex::sample(std::size_t count,
                                                std::uint64_t seed) {
  return searcher_.sample(count, seed);
}

void ServiceIndex::read_units(const std::vector<std::uint32_t>& rows,
                              float* out) {
  constexpr std::size_t kAtOnce = 1000;
  for (std::size_t begin = 0; begin < rows.size(); begin += kAtOnce) {
    const std::size_t end = std::min(begin + kAtOnce, rows.size());
    const std::vector<std::uint32_t> wanted(rows.data() + begin,
                                            rows.data() + end);
    const std::vector<RemoteRow> found = searcher_.rows(wanted);
    if (found.size() != wanted.size())
      fail("{}: {} of {} rows are gone meanwhile", where(),
           wanted.size() - found.size(), wanted.size());
    for (const RemoteRow& remote : found) {
      const StoredRow stored = stored_row(remote);
      out = std::copy(stored.unit.begin(), stored.unit.end(), out);
    }
  }
}

std::unique_ptr<Asker> ServiceIndex::asker(const AskParams& params) const {
  return std::make_unique<ServiceAsker>(index_, params);
}

Hits hits_of(const RemoteAnswer& answer) {
  Hits hits;
  hits.reserve(answer.hits.size());
  for (const RemoteHit& found : answer.hits) hits.push_back(found.hit);
  return hits;
}

void say_unfinished(const RemoteIndex& index) {
  if (const auto loading_to = index.meta().loading_to)
    cli::complain(fmt::format(
        "{}: a load is unfinished: {} of {} rows can be found; push goes on "
        "with it",
        index.where(), grouped(index.rows()), grouped(*loading_to)));
}

}  // namespace imsearch
