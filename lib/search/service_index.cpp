// An index at a service behind the interface of something to search: rows come
// over the network, so they are asked for in as few requests as can be, and
// what others may have written there is checked before it is used.
#include "search/service_index.h"

#include "base/error.h"

#include <algorithm>
#include <limits>

namespace imsearch {
namespace {

/// One connection, kept for all questions of a thread.
class ServiceSession : public SearchSession {
 public:
  ServiceSession(const RemoteIndex& index, const SearchParams& params)
      : params_(params), searcher_(index) {}

  Answer ask(const SearchQuery& query) override {
    return searcher_.search(query.unit, params_, query.excluded);
  }

 private:
  SearchParams params_;
  RemoteSearcher searcher_;
};

}  // namespace

ServiceIndex::ServiceIndex(const Endpoint& endpoint)
    : index_(endpoint), searcher_(index_) {}

const StoredRow& ServiceIndex::checked(const StoredRow& row) const {
  if (row.unit.size() != dim())
    fail("{}: row {}: {} floats instead of {}", where(), row.row,
         row.unit.size(), dim());
  return row;
}

std::optional<StoredRow> ServiceIndex::row(std::size_t number) {
  if (number > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
  const std::vector<StoredRow> found =
      searcher_.rows({static_cast<std::uint32_t>(number)});
  if (found.empty()) return std::nullopt;
  return checked(found.front());
}

std::optional<StoredRow> ServiceIndex::find(const std::string& name) {
  std::optional<StoredRow> found = searcher_.find(name);
  if (found) checked(*found);
  return found;
}

std::vector<std::uint32_t> ServiceIndex::sample(std::size_t count,
                                                std::uint64_t seed) {
  return searcher_.sample(count, seed);
}

void ServiceIndex::read_units(const std::vector<std::uint32_t>& rows,
                              float* out) {
  // Bounds the memory of rows that are held as text and numbers at once.
  constexpr std::size_t kAtOnce = 1000;
  for (std::size_t begin = 0; begin < rows.size(); begin += kAtOnce) {
    const std::size_t end = std::min(begin + kAtOnce, rows.size());
    const std::vector<std::uint32_t> wanted(rows.data() + begin,
                                            rows.data() + end);
    const std::vector<StoredRow> found = searcher_.rows(wanted);
    if (found.size() != wanted.size())
      fail("{}: {} of {} rows are gone meanwhile", where(),
           wanted.size() - found.size(), wanted.size());
    for (const StoredRow& row : found)
      out = std::copy_n(checked(row).unit.data(), dim(), out);
  }
}

std::unique_ptr<SearchSession> ServiceIndex::session(
    const SearchParams& params) const {
  return std::make_unique<ServiceSession>(index_, params);
}

}  // namespace imsearch
