// The fast integer inverse cosine transform of libjpeg (JDCT_IFAST; after Arai,
// Agui and Nakajima, "A fast DCT-SQ scheme for images", 1988), which TensorFlow
// asks for. It calculates in 16 bits as libjpeg-turbo does with SSE2, so that
// pixels are equal to the bit, where coefficients are too large for it, too.
#pragma once

#include "image/jpeg_huffman.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace imsearch {

/// Whether there is one for this processor.
constexpr bool has_fast_idct() {
#ifdef __SSE2__
  return true;
#else
  return false;
#endif
}

/// What coefficients are multiplied by, in natural order.
struct alignas(16) FastMultipliers {
  std::array<std::int16_t, kBlockSize> values = {};
};

/// `steps`: a quantization table, natural order.
FastMultipliers fast_multipliers(
    const std::array<std::uint16_t, kBlockSize>& steps);

/// Writes the 8 x 8 values of a block, in rows that lie `row_bytes` apart.
/// `block`: coefficients in natural order, on a multiple of 16 bytes.
void fast_idct(const std::int16_t* block, const FastMultipliers& multipliers,
               std::uint8_t* out, std::size_t row_bytes);

/// The same of a block of which only the first coefficient is not 0.
void fast_idct_of_one(std::int16_t first, const FastMultipliers& multipliers,
                      std::uint8_t* out, std::size_t row_bytes);

}  // namespace imsearch
