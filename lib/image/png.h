// PNG by libpng, which TensorFlow uses too; see decode.h.
//
// Rows are inflated as they are wanted, so that a small file can't make memory
// fill with more than its header claims.
#pragma once

#include "image/image.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace imsearch {

/// Alpha is dropped, 16 bits are cut to the upper 8, an animation gives its
/// default image. A file that ends before its last chunk is an error, and so is
/// a wrong checksum where it matters. Throws Error with the reason alone.
/// Thread-safe.
Image decode_png(std::string_view bytes, std::uint64_t max_bytes);

}  // namespace imsearch
