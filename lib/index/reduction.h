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
// products with the vector's 8-bit code (codes8.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace imsearch {

/// Of the vectors' own values or of their principal components. Owns nothing.
struct ReductionView {
  std::size_t dim = 0;
  std::size_t width = 0;  // bytes of a code, a multiple of 64
  bool projects = false;
  const std::int8_t* components = nullptr;  // [width, code_stride(dim)]
  const float* factors = nullptr;           // [width]
  const float* offsets = nullptr;           // [width]

  /// Writes `width` bytes. value = factor * x - offset, rounded and clamped to
  /// -127..127; x is a component's dot product with the vector coded as `code`
  /// and `scale`, or the vector's own value.
  void encode(const float* unit, const std::int8_t* code, float scale,
              std::int8_t* out) const;

  /// Some of the components of a projection, those from `first` on.
  ReductionView part(std::size_t first, std::size_t count) const;
};

/// The same, with its memory.
struct Reduction {
  std::size_t dim = 0;
  std::size_t width = 0;
  std::vector<std::int8_t> components;  // empty: none
  std::vector<float> factors;
  std::vector<float> offsets;

  ReductionView view() const {
    return {dim,
            width,
            !components.empty(),
            components.data(),
            factors.data(),
            offsets.data()};
  }
};

}  // namespace imsearch
