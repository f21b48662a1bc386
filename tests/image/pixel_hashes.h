// What each step from a file to the network's input gives, as hashes.
#pragma once

#include "image/preprocess.h"

#include <string>

namespace imsearch::test {

/// As in a line of tests/golden/images.tsv: the size as "WIDTHxHEIGHT" and the
/// first 32 hex digits of SHA-256 of the RGB bytes, of the resized picture as
/// float32 (only for TensorFlow's resize; else "-") and of the input as
/// float32.
struct PixelHashes {
  std::string size, rgb, resized, input;
};

/// Throws Error with the reason alone where the image is bad.
PixelHashes hash_pixels(const std::string& bytes, const std::string& name,
                        const Preprocessing& preprocessing);

}  // namespace imsearch::test
