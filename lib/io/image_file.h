// What is known of an image file before it is read.
#pragma once

#include "io/ledger.h"

#include <cstddef>
#include <cstdint>
#include <string>

namespace imsearch {

/// Image files of more bytes are refused, so that no file is too large to read.
inline constexpr std::size_t kMaxImageFileBytes =
    std::size_t{512} * 1000 * 1000;

/// Throws Error with the reason alone if an image of so many bytes is refused.
void check_image_bytes(std::uint64_t bytes);

/// Size and time of an image file, which is not opened. Throws Error with the
/// reason alone, since callers name the image themselves: a path that is not
/// there, a directory, something that could block or never end, too many bytes.
FileFacts image_file_facts(const std::string& path);

}  // namespace imsearch
