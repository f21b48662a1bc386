// One image file to one network input.
#pragma once

#include "image/preprocess.h"

#include <cstddef>
#include <string>

namespace imsearch {

/// Image files of more bytes are refused, so that no file is too large to read.
inline constexpr std::size_t kMaxImageFileBytes =
    std::size_t{512} * 1000 * 1000;

/// Reads and preprocesses one image file: preprocessing.input_floats() values.
/// Throws Error with the reason alone. Thread-safe; images of more than 48 MB
/// of pixels, or in files of more than 32 MB, are worked on one at a time in
/// the whole process, so that memory stays bounded whatever comes together.
void load_input(const std::string& path, const Preprocessing& preprocessing,
                float* input);

}  // namespace imsearch
