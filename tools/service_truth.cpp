#include "service_truth.h"

#include "base/error.h"
#include "index/flat.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace imsearch {
namespace {

std::vector<VectorFile> pushed_vectors(const RemoteIndex& index,
                                       const std::string& path) {
  const IndexMeta& meta = index.meta();
  if (meta.loading_to)
    fail("{}: a load is unfinished: go on with push first", index.where());
  VectorFile file(path, index.dim());
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

std::vector<bool> find_gone(const RemoteIndex& index) {
  const std::size_t rows = index.meta().rows;
  if (index.rows() >= rows) return {};
  std::vector<std::uint32_t> numbers(rows);
  std::iota(numbers.begin(), numbers.end(), 0U);
  HttpClient client(index.endpoint());
  std::vector<bool> gone = are_there(client, numbers);
  gone.flip();
  return gone;
}

}  // namespace

ServiceTruth::ServiceTruth(const RemoteIndex& index, const std::string& path)
    : vectors_(pushed_vectors(index, path)), gone_(find_gone(index)) {}

std::vector<Hits> ServiceTruth::search(
    MatrixView queries, std::size_t k, unsigned threads,
    const std::vector<std::optional<std::uint32_t>>& leave_out) const {
  return search_flat(vectors_, queries, k, threads, leave_out,
                     [this](std::uint32_t row) { return !is_there(row); });
}

void ServiceTruth::compare_exactly(const float* unit_query, Hits& hits) const {
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
