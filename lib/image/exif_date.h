// When a photo was taken, as its EXIF says it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace imsearch {

/// Seconds since 1970 of DateTimeOriginal, else DateTimeDigitized, else
/// DateTime (Exif 2.3, 4.6.5), as if the camera's clock were in UTC: EXIF does
/// not say where it was. None where there is no such date, or a broken one.
/// JPEG, PNG and WebP, of which `image_file` is at least the beginning up to
/// the pixels. Never throws.
std::optional<std::int64_t> exif_date(std::string_view image_file);

}  // namespace imsearch
