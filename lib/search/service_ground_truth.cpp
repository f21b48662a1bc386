// The ground truth of an index at a service: exact search here, over the
// vectors that were pushed there.
//
// The service may lack some of these rows, deleted or refused, and asking about
// each of a large index would take long. So exact search runs as if all were
// there, the service is asked about the rows that it found, and while some of
// them are gone, the search runs again without those. What is known of a row is
// kept for later queries.
#include "search/service_ground_truth.h"

#include "base/error.h"
#include "index/flat.h"
#include "io/described_vectors.h"

#include <algorithm>
#include <utility>

namespace imsearch {
namespace {

/// The rows of the file that were pushed, without those it has grown by since.
/// The fingerprint in the index's mapping says whether it is the file.
std::vector<VectorFile> pushed_vectors(const RemoteIndex& index,
                                       const std::string& path) {
  const IndexMeta& meta = index.meta();
  if (meta.loading_to)
    fail("{}: a load is unfinished: go on with push first", index.where());
  DescribedVectors described({path}, index.dim(), index.where());
  VectorFile file = std::move(described.files().front());
  if (file.rows() < meta.rows)
    fail("{}: {} rows, but {} were pushed to {}", path, file.rows(), meta.rows,
         index.where());
  if (fingerprint(file, meta.known_rows) != meta.vectors_fingerprint)
    fail("{}: not the vectors that were pushed to {}: --truth names them", path,
         index.where());
  file.keep_rows(meta.rows);
  std::vector<VectorFile> files;
  files.push_back(std::move(file));
  return files;
}

}  // namespace

ServiceGroundTruth::ServiceGroundTruth(const RemoteIndex& index,
                                       const std::string& path)
    : index_(&index), vectors_(pushed_vectors(index, path)) {}

std::vector<Hits> ServiceGroundTruth::search(
    MatrixView queries, std::size_t k, unsigned threads,
    const std::vector<std::optional<std::uint32_t>>& excluded) const {
  for (;;) {
    const Rows gone = gone_rows();
    std::vector<Hits> found =
        search_flat(vectors_, queries, k, threads, excluded,
                    [&gone](std::uint32_t row) { return gone.count(row) > 0; });
    if (are_all_there(found)) return found;
  }
}

ServiceGroundTruth::Rows ServiceGroundTruth::gone_rows() const {
  const std::lock_guard lock(mutex_);
  return gone_;
}

bool ServiceGroundTruth::are_all_there(const std::vector<Hits>& found) const {
  const std::lock_guard lock(mutex_);
  Rows unknown;
  for (const Hits& hits : found)
    for (const Hit& hit : hits)
      if (there_.count(hit.row) == 0) unknown.insert(hit.row);
  if (unknown.empty()) return true;
  const std::vector<std::uint32_t> rows(unknown.begin(), unknown.end());
  // A connection of its own: this is seldom, and clients are for one thread.
  HttpClient client(index_->endpoint(), HttpClient::Host::kAnswered);
  const std::vector<bool> there = are_there(client, rows);
  for (std::size_t i = 0; i < rows.size(); ++i)
    (there[i] ? there_ : gone_).insert(rows[i]);
  return std::find(there.begin(), there.end(), false) == there.end();
}

void ServiceGroundTruth::compare_exactly(const float* unit_query,
                                         Hits& hits) const {
  hits.erase(std::remove_if(
                 hits.begin(), hits.end(),
                 [this](const Hit& hit) { return hit.row >= vectors_.rows(); }),
             hits.end());
  std::vector<float> unit(vectors_.dim());
  for (Hit& hit : hits) {
    vectors_.read_unit(hit.row, unit.data());
    hit.l2sq = exact_l2sq(unit_query, unit.data(), vectors_.dim());
  }
  std::sort(hits.begin(), hits.end());
}

}  // namespace imsearch
