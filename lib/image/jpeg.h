// JPEG by libjpeg (libjpeg-turbo), with the rules of decode.h.
#pragma once

#include "image/decode.h"
#include "image/image.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace imsearch {

/// Throws Error with the reason alone. Thread-safe.
Image decode_jpeg(std::string_view bytes, Reference reference,
                  std::uint64_t max_bytes);

}  // namespace imsearch
