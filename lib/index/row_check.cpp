// Compares rows with the codes they were indexed by. Blocks of rows are read
// together, on all threads; a block with NaN in it is read again row by row, to
// find the row. Of several changed rows the first is reported, whichever thread
// comes upon one, so that the message is the same each time.
#include "index/row_check.h"

#include "base/error.h"
#include "base/parallel_for.h"
#include "simd/kernels.h"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <numeric>
#include <vector>

namespace imsearch {
namespace {

constexpr std::size_t kRowsChecked = 64;

/// False if one holds NaN or infinity.
bool read(const VectorSet& vectors, const std::uint32_t* rows,
          std::size_t count, float* units) {
  try {
    vectors.read_units(rows, count, units);
    return true;
  } catch (const Error&) {
    return false;
  }
}

/// The first changed row from `begin` on; `end` if there is none before it.
std::size_t first_changed(const VectorSet& vectors,
                          const CertifiedCodes& certified, std::size_t begin,
                          std::size_t end, std::vector<float>& units) {
  std::uint32_t rows[kRowsChecked];
  std::iota(rows, rows + (end - begin), static_cast<std::uint32_t>(begin));
  const std::size_t dim = vectors.dim();
  const bool all_read = read(vectors, rows, end - begin, units.data());
  for (std::size_t i = 0; i < end - begin; ++i) {
    float* unit = units.data() + i * dim;
    if (!all_read && !read(vectors, rows + i, 1, unit)) return rows[i];
    if (!certified.holds(rows[i], unit)) return rows[i];
  }
  return end;
}

}  // namespace

bool CertifiedCodes::matches(std::uint32_t row, const float* unit) const {
  return matches_at(
      row, simd::active().l2sq_code(unit, codes.code(row), codes.scales[row],
                                    reduction.dim));
}

bool CertifiedCodes::matches_at(std::uint32_t row, float l2sq_code) const {
  // NaN, of a damaged index, is not a match.
  return std::sqrt(l2sq_code) <= errors[row].whole;
}

bool CertifiedCodes::holds(std::uint32_t row, const float* unit) const {
  // Projected short codes are made of the 8-bit ones, whose bound is theirs.
  return matches(row, unit) &&
         (reduction.projects ||
          reduction.distance(unit, reduced + row * reduction.width) <=
              errors[row].reduced * reduction.gain);
}

std::optional<std::uint32_t> first_changed_row(const VectorSet& vectors,
                                               const CertifiedCodes& certified,
                                               unsigned threads) {
  const std::size_t rows = certified.codes.rows;
  std::size_t first = rows;
  std::mutex mutex;
  parallel_for(rows, kRowsChecked, threads,
               [&](std::size_t begin, std::size_t end, unsigned) {
                 std::vector<float> units((end - begin) * vectors.dim());
                 const std::size_t changed =
                     first_changed(vectors, certified, begin, end, units);
                 if (changed == end) return;
                 const std::lock_guard<std::mutex> lock(mutex);
                 first = std::min(first, changed);
               });
  if (first == rows) return std::nullopt;
  return static_cast<std::uint32_t>(first);
}

}  // namespace imsearch
