// Rows of one or several vector files as one list of unit vectors.
//
// Normalising is where results could come to differ: every row is divided by
// the root of its dot product with itself, in the fixed order of sums of
// simd/kernels.h, wherever it is read, so that a row has the same bits in a
// build, in a search and in a check.
#include "index/vector_set.h"

#include "base/error.h"
#include "io/checksum.h"
#include "simd/kernels.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace imsearch {
namespace {

constexpr std::size_t kHashedRows = 64;

// Outside these bounds the sum of squares may have overflowed, or lost digits
// to numbers that are too small. Such a row is divided by its largest value
// first.
constexpr float kSmallestSquare = 1e-30F;
constexpr float kLargestSquare = 1e30F;

float largest_or_not_finite(const float* row, std::size_t dim) {
  float largest = 0;
  for (std::size_t i = 0; i < dim; ++i) {
    if (!std::isfinite(row[i])) return row[i];
    largest = std::max(largest, std::fabs(row[i]));
  }
  return largest;
}

/// `square`: the row's sum of squares. `scratch`: dim floats, for a row that
/// must be scaled before it has a length. Nothing if a value is NaN or
/// infinite.
std::optional<UndividedRow> undivided(const float* row, float square,
                                      std::size_t dim, float* scratch) {
  if (square >= kSmallestSquare && square <= kLargestSquare)
    return UndividedRow{row, std::sqrt(square)};
  const float largest = largest_or_not_finite(row, dim);
  if (!std::isfinite(largest)) return std::nullopt;
  // A zero row is divided by 1: it stays zero.
  const simd::Kernels& kernels = simd::active();
  kernels.divide(row, largest > 0 ? largest : 1, scratch, dim);
  if (largest == 0) return UndividedRow{scratch, 1};
  return UndividedRow{scratch, std::sqrt(kernels.dot(scratch, scratch, dim))};
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
  const simd::Kernels& kernels = simd::active();
  const auto found = undivided(row, kernels.dot(row, row, dim), dim, out);
  if (found) kernels.divide(found->values, found->length, out, dim);
  return found.has_value();
}

std::uint64_t fingerprint(const VectorFile& file, std::size_t rows) {
  Checksum checksum;
  std::vector<float> scratch(file.dim());
  const std::size_t hashed = std::min(kHashedRows, rows);
  // Spread evenly, with the first row and the last among them.
  const auto row_of = [&](std::size_t i) {
    return hashed == 1 ? 0 : i * (rows - 1) / (hashed - 1);
  };
  for (std::size_t i = 0; i < hashed; ++i) file.fetch_row(row_of(i));
  for (std::size_t i = 0; i < hashed; ++i)
    checksum.add(file.row(row_of(i), scratch.data()),
                 file.dim() * sizeof(float));
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

void VectorSet::fetch_row(std::size_t i) const {
  const auto [file, row] = place_of(i);
  file->fetch_row(row);
}

std::string VectorSet::where(std::size_t i) const {
  const auto [file, row] = place_of(i);
  return fmt::format("{}: row {}", file->path(), row);
}

void VectorSet::read_unit(std::size_t i, float* out) const {
  const auto row = static_cast<std::uint32_t>(i);
  read_units(&row, 1, out);
}

void VectorSet::find_rows(const std::uint32_t* rows, std::size_t count,
                          float* scratch, UndividedRow* out) const {
  const float* values[kRowsTogether];
  float squares[kRowsTogether];
  for (std::size_t i = 0; i < count; ++i) {
    const auto [file, row] = place_of(rows[i]);
    values[i] = file->row(row, scratch + i * dim_);
  }
  simd::active().dot_pairs(values, values, count, dim_, squares);
  for (std::size_t i = 0; i < count; ++i) {
    const auto found =
        undivided(values[i], squares[i], dim_, scratch + i * dim_);
    if (!found) fail("{}: NaN or infinity", where(rows[i]));
    out[i] = *found;
  }
}

void VectorSet::read_units(const std::uint32_t* rows, std::size_t count,
                           float* out) const {
  UndividedRow found[kRowsTogether];
  for (std::size_t first = 0; first < count; first += kRowsTogether) {
    const std::size_t together = std::min(kRowsTogether, count - first);
    float* units = out + first * dim_;
    find_rows(rows + first, together, units, found);
    for (std::size_t i = 0; i < together; ++i)
      simd::active().divide(found[i].values, found[i].length, units + i * dim_,
                            dim_);
  }
}

}  // namespace imsearch
