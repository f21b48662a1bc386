// Short codes: what the graph is built on and walked by.
//
// A code has one signed byte for each of the first principal components of the
// unit vectors, less their mean, in steps of one size for all components and
// rows: so the squared distance of two codes, times the step's square, is about
// that of the vectors' projections. Near rows differ little in the other
// components, and re-ranking makes up for them. Where a projection would lose
// neighbours (isotropic or short vectors), the components are the vector's own
// values.
//
// The components are 8-bit themselves: a projection is `width` integer dot
// products with the vector's 8-bit code (sq8.h).
//
// Two codes tell how far apart their vectors are at least:
//   |x - y| >= |code x - code y| / gain - error x - error y
// since no distance grows by more than the gain, the largest singular value of
// the components times their factors.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace imsearch {

/// The largest magnitude in a code of `width` bytes: squares of differences
/// must add up to less than 2^31.
constexpr float largest_value(std::size_t width) {
  return width <= (std::size_t{1} << 15) ? 127 : 89;
}

/// Of the vectors' own values or of their principal components. Owns nothing.
struct ReductionView {
  std::size_t dim = 0;
  std::size_t width = 0;  // bytes of a code, a multiple of 64
  bool projects = false;
  const std::int8_t* components = nullptr;  // [width, code_stride(dim)]
  const float* factors = nullptr;           // [width]
  const float* offsets = nullptr;           // [width]
  float gain = 0;

  /// Writes `width` bytes. value = factor * x - offset, rounded and clamped to
  /// largest_value(); x is a component's dot product with the vector coded as
  /// `code` and `scale`, or the vector's own value. Returns the length of what
  /// rounding and clamping took off the values.
  float encode(const float* unit, const std::int8_t* code, float scale,
               std::int8_t* out) const;

  /// |factor * x - offset - code|, which encode() returned of this code, but
  /// for rounding. Only where nothing is projected.
  float distance(const float* unit, const std::int8_t* code) const;

  /// Some of the components of a projection, those from `first` on.
  ReductionView part(std::size_t first, std::size_t count) const;

 private:
  static constexpr std::size_t kTogether = 64;  // divides every width

  /// The x of kTogether components from `first` on.
  void read_values(const float* unit, const std::int8_t* code, float scale,
                   std::size_t first, float* out) const;
};

/// The same, with its memory.
struct Reduction {
  std::size_t dim = 0;
  std::size_t width = 0;
  std::vector<std::int8_t> components;  // empty: none
  std::vector<float> factors;
  std::vector<float> offsets;
  float gain = 0;

  ReductionView view() const {
    return {dim,
            width,
            !components.empty(),
            components.data(),
            factors.data(),
            offsets.data(),
            gain};
  }
};

/// How far a vector's codes are from the vector, at least.
struct CodeErrors {
  float whole = 0;    // |x - code * scale|, sq8.h
  float reduced = 0;  // the error above
};
static_assert(sizeof(CodeErrors) == 8);  // as files have it

/// Both codes of a unit vector: code_stride(dim) and `width` bytes. Returns the
/// scale.
float encode(const float* unit, const ReductionView& reduction,
             std::int8_t* code, std::int8_t* reduced, CodeErrors& errors);

}  // namespace imsearch
