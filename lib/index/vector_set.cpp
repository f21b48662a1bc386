// Rows of one or several vector files as one list of unit vectors.
#include "index/vector_set.h"

#include "base/error.h"
#include "io/checksum.h"
#include "simd/kernels.h"

#include <algorithm>
#include <cmath>

namespace imsearch {
namespace {

constexpr std::size_t kHashedRows = 64;

// Outside these bounds the sum of squares has overflowed, or lost digits.
constexpr float kSmallestSquare = 1e-30F;
constexpr float kLargestSquare = 1e30F;

float largest_magnitude(const float* row, std::size_t dim) {
  float largest = 0;
  for (std::size_t i = 0; i < dim; ++i) {
    if (!std::isfinite(row[i])) return row[i];
    largest = std::max(largest, std::fabs(row[i]));
  }
  return largest;
}

/// normalize() of a row whose sum of squares is known.
bool normalize(const float* row, float square, std::size_t dim, float* out) {
  const simd::Kernels& kernels = simd::active();
  if (!(square >= kSmallestSquare && square <= kLargestSquare)) {
    const float largest = largest_magnitude(row, dim);
    if (!std::isfinite(largest)) return false;
    // A zero row is divided by 1: it stays zero.
    kernels.divide(row, largest > 0 ? largest : 1, out, dim);
    if (largest == 0) return true;
    square = kernels.dot(out, out, dim);
    row = out;
  }
  kernels.divide(row, std::sqrt(square), out, dim);
  return true;
}

std::vector<VectorFile> open_files(const std::vector<std::string>& paths,
                                   std::size_t dim) {
  std::vector<VectorFile> files;
  files.reserve(paths.size());
  for (const std::string& path : paths)
    files.emplace_back(path, files.empty() ? dim : files.front().dim());
  return files;
}

}  // namespace

bool normalize(const float* row, std::size_t dim, float* out) {
  return normalize(row, simd::active().dot(row, row, dim), dim, out);
}

std::uint64_t fingerprint(const VectorFile& file, std::size_t rows) {
  Checksum checksum;
  std::vector<float> scratch(file.dim());
  const std::size_t hashed = std::min(kHashedRows, rows);
  for (std::size_t i = 0; i < hashed; ++i) {
    // From the first row to the last.
    const std::size_t row = hashed == 1 ? 0 : i * (rows - 1) / (hashed - 1);
    checksum.add(file.row(row, scratch.data()), file.dim() * sizeof(float));
  }
  return checksum.value();
}

VectorSet::VectorSet(const std::vector<std::string>& paths, std::size_t dim)
    : VectorSet(open_files(paths, dim)) {
  if (dim_ == 0) dim_ = dim;  // of no files
}

VectorSet::VectorSet(std::vector<VectorFile> files) : files_(std::move(files)) {
  for (const VectorFile& file : files_) {
    if (dim_ == 0) dim_ = file.dim();
    if (file.dim() != dim_)
      fail("{}: dimension {}, but {} has {}", file.path(), file.dim(),
           files_.front().path(), dim_);
    rows_ += file.rows();
    ends_.push_back(rows_);
  }
}

std::pair<const VectorFile*, std::size_t> VectorSet::place_of(
    std::size_t i) const {
  const auto end = std::upper_bound(ends_.begin(), ends_.end(), i);
  const auto f = static_cast<std::size_t>(end - ends_.begin());
  return {&files_[f], f == 0 ? i : i - ends_[f - 1]};
}

std::string VectorSet::where(std::size_t i) const {
  const auto [file, row] = place_of(i);
  return fmt::format("{}: row {}", file->path(), row);
}

void VectorSet::read_unit(std::size_t i, float* out) const {
  const auto row = static_cast<std::uint32_t>(i);
  read_units(&row, 1, out);
}

void VectorSet::read_units(const std::uint32_t* rows, std::size_t count,
                           float* out) const {
  constexpr std::size_t kTogether = 8;
  const float* values[kTogether];
  float squares[kTogether];
  for (std::size_t first = 0; first < count; first += kTogether) {
    const std::size_t together = std::min(kTogether, count - first);
    for (std::size_t i = 0; i < together; ++i) {
      const auto [file, row] = place_of(rows[first + i]);
      values[i] = file->row(row, out + (first + i) * dim_);
    }
    simd::active().dot_pairs(values, values, together, dim_, squares);
    for (std::size_t i = 0; i < together; ++i) {
      float* unit = out + (first + i) * dim_;
      if (normalize(values[i], squares[i], dim_, unit)) continue;
      fail("{}: NaN or infinity", where(rows[first + i]));
    }
  }
}

}  // namespace imsearch
