// Exact search over the vectors alone, for many queries at once. It is the
// ground truth that everything else is measured against, so it is simple, and
// its results do not depend on the number of threads or of queries.
//
// Written as |q|^2 + |x|^2 - 2 q.x, distances need only the dot products of
// rows with queries, which is a matrix product: blocks of rows that fit the
// level 2 cache pass over blocks of queries, and each row is read from memory
// once for all of them.
#include "index/flat.h"

#include "base/error.h"
#include "base/parallel_for.h"
#include "index/top_k.h"
#include "simd/kernels.h"

#include <algorithm>

namespace imsearch {
namespace {

// 64 rows of 1280 floats are 320 KB: they stay in a core's L2 cache while 64
// queries at a time pass over them.
constexpr std::size_t kBlockRows = 64;
constexpr std::size_t kBlockQueries = 64;

/// |x|^2 of each of `count` rows, [count, dim]; not exactly 1, for normalising
/// rounds.
void dots_with_themselves(const float* rows, std::size_t count, std::size_t dim,
                          float* out) {
  std::vector<const float*> each(count);
  for (std::size_t i = 0; i < count; ++i) each[i] = rows + i * dim;
  simd::active().dot_pairs(each.data(), each.data(), count, dim, out);
}

struct Job {
  const VectorSet& vectors;
  MatrixView queries;
  std::vector<float> query_norms;
  const std::vector<std::optional<std::uint32_t>>& excluded;
  const std::function<bool(std::uint32_t)>& skip;

  bool is_excluded(std::size_t query, std::uint32_t row) const {
    return query < excluded.size() && excluded[query] == row;
  }
};

/// One thread's best rows so far, and room for one block of rows.
class Worker {
 public:
  Worker(const Job& job, std::size_t k)
      : job_(&job),
        best_(job.queries.rows, TopK(k)),
        units_(kBlockRows, job.vectors.dim()),
        dots_(kBlockQueries * kBlockRows) {}

  /// Rows first to last (last not included), at most kBlockRows.
  void search(std::size_t first, std::size_t last) {
    const std::size_t count = read_block(first, last);
    if (count == 0) return;
    const MatrixView queries = job_->queries;
    for (std::size_t q = 0; q < queries.rows; q += kBlockQueries) {
      const std::size_t block = std::min(kBlockQueries, queries.rows - q);
      kernels_->dot_block(queries.row(q), block, units_.row(0), count,
                          queries.dim, dots_.data());
      for (std::size_t i = 0; i < block; ++i)
        offer(q + i, dots_.data() + i * count, count);
    }
  }

  TopK& best(std::size_t query) { return best_[query]; }

 private:
  /// Normalises the rows that are not skipped, one after the other.
  std::size_t read_block(std::size_t first, std::size_t last) {
    std::size_t count = 0;
    for (std::size_t i = first; i < last; ++i) {
      const auto row = static_cast<std::uint32_t>(i);
      if (!job_->skip || !job_->skip(row)) rows_[count++] = row;
    }
    job_->vectors.read_units(rows_, count, units_.row(0));
    dots_with_themselves(units_.row(0), count, units_.dim(), norms_);
    return count;
  }

  void offer(std::size_t query, const float* dots, std::size_t count) {
    const float norm = job_->query_norms[query];
    TopK& best = best_[query];
    for (std::size_t r = 0; r < count; ++r) {
      const Hit hit = {rows_[r], l2sq_of_dots(norm, norms_[r], dots[r])};
      if (best.would_take(hit) && !job_->is_excluded(query, hit.row))
        best.take(hit);
    }
  }

  const Job* job_;
  const simd::Kernels* kernels_ = &simd::active();
  std::vector<TopK> best_;
  Matrix units_;
  std::vector<float> dots_;
  std::uint32_t rows_[kBlockRows] = {};
  float norms_[kBlockRows] = {};
};

}  // namespace

// Rounding can make the distance of near copies negative: it is then 0.
float l2sq_of_dots(float aa, float bb, float ab) {
  return std::max(0.0F, aa + bb - 2 * ab);
}

float exact_l2sq(const float* a, const float* b, std::size_t dim) {
  const auto dot = simd::active().dot;
  return l2sq_of_dots(dot(a, a, dim), dot(b, b, dim), dot(a, b, dim));
}

void exact_l2sq(const float* query, const float* units, std::size_t count,
                std::size_t dim, float* out) {
  const simd::Kernels& kernels = simd::active();
  const float norm = kernels.dot(query, query, dim);
  std::vector<float> norms(count);
  dots_with_themselves(units, count, dim, norms.data());
  kernels.dot_block(query, 1, units, count, dim, out);
  for (std::size_t i = 0; i < count; ++i)
    out[i] = l2sq_of_dots(norm, norms[i], out[i]);
}

std::vector<Hits> search_flat(
    const VectorSet& vectors, MatrixView queries, std::size_t k,
    unsigned threads, const std::vector<std::optional<std::uint32_t>>& excluded,
    const std::function<bool(std::uint32_t)>& skip) {
  std::vector<Hits> results(queries.rows);
  if (queries.rows == 0 || vectors.rows() == 0 || k == 0) return results;
  if (queries.dim != vectors.dim())
    fail("queries have dimension {}, the vectors {}", queries.dim,
         vectors.dim());

  Job job = {vectors, queries, {}, excluded, skip};
  const auto dot = simd::active().dot;
  for (std::size_t q = 0; q < queries.rows; ++q)
    job.query_norms.push_back(dot(queries.row(q), queries.row(q), queries.dim));

  if (threads == 0) threads = usable_cpus();
  const std::size_t blocks = (vectors.rows() + kBlockRows - 1) / kBlockRows;
  threads = static_cast<unsigned>(std::min<std::size_t>(threads, blocks));
  // Each thread keeps the best of the rows it was given; which rows those are
  // is left to chance, but the k least of all by (distance, row) are not.
  std::vector<Worker> workers(threads,
                              Worker(job, std::min(k, vectors.rows())));
  parallel_for(vectors.rows(), kBlockRows, threads,
               [&](std::size_t first, std::size_t last, unsigned thread) {
                 workers[thread].search(first, last);
               });
  for (std::size_t q = 0; q < queries.rows; ++q) {
    for (unsigned t = 1; t < threads; ++t)
      workers[0].best(q).take_all(workers[t].best(q));
    results[q] = workers[0].best(q).sorted();
  }
  return results;
}

}  // namespace imsearch
