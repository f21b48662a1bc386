// Short codes: what the graph is built on and walked by. A `Reduction` says how
// a vector becomes one: a PCA projection to fewer dimensions, and 8 bits for
// each of these.
//
// A code has one signed byte for each of the first principal components of the
// unit vectors, less their mean, in steps of one size for all components and
// rows. So the squared distance of two codes, times the step's square, is about
// that of the vectors' projections. Near rows differ little in the other
// components, and re-ranking makes up for them. For 1280 floats a code may have
// 128 bytes: two cache lines instead of 80, which is what makes walks fast.
// Where a projection would lose neighbours (isotropic or short vectors),
// nothing is projected: the components are the vector's own values.
//
// The components are 8-bit themselves: a projection is `width` integer dot
// products with the vector's 8-bit code (sq8.h).
//
// Two codes give a lower bound of the distance of their vectors:
//   |x - y| >= |code x - code y| / gain - error x - error y
// since no distance grows by more than the gain, the largest singular value of
// the components times their factors, and the errors (CodeErrors::reduced)
// bound what rounding and the 8-bit code take off each vector.
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

/// How to make short codes, of principal components or of the vectors' own
/// values: a view into an index file or a Reduction. Owns nothing.
struct ReductionView {
  std::size_t dim = 0;
  std::size_t width = 0;                    // bytes of a code, a multiple of 64
  bool projects = false;                    // else: the vectors' own values
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

  /// |factor * x - offset - code|, which is what encode() returned when it
  /// wrote this code, up to rounding. Only where nothing is projected.
  float distance(const float* unit, const std::int8_t* code) const;

  /// A projection on `count` of the components, those from `first` on.
  ReductionView part(std::size_t first, std::size_t count) const;

 private:
  static constexpr std::size_t kTogether = 64;  // divides every width

  /// The values x, as encode() has them, of kTogether components from `first`.
  void read_values(const float* unit, const std::int8_t* code, float scale,
                   std::size_t first, float* out) const;
};

/// A ReductionView that owns its memory.
struct Reduction {
  std::size_t dim = 0;
  std::size_t width = 0;
  std::vector<std::int8_t> components;  // empty: nothing is projected
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

/// Upper bounds of how far a unit vector x is from what its codes stand for.
struct CodeErrors {
  float whole = 0;    // |x - code * scale|, sq8.h
  float reduced = 0;  // the error in the inequality above
};
static_assert(sizeof(CodeErrors) == 8);  // as files have it

/// Both codes of a unit vector: code_stride(dim) and `width` bytes. Returns the
/// scale.
float encode(const float* unit, const ReductionView& reduction,
             std::int8_t* code, std::int8_t* reduced, CodeErrors& errors);

}  // namespace imsearch
