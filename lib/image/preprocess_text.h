// Preprocessing in words, as sidecars, indexes and weights' metadata have it.
//
//   squash-bilinear-tf       whole picture, as TensorFlow resizes
//   squash-bilinear-pillow   whole picture, antialiased
//   crop-bilinear-pillow-N   shorter side to N, then the centre
//
// and, after a space,
//
//   x/127.5-1                to -1..1
//   imagenet-mean-std        (x / 255 - mean) / deviation, ImageNet's
//   mean=R,G,B std=R,G,B     the same with these
//
// Specification for users: man/imsearch-formats.5.
#pragma once

#include "image/preprocess.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace imsearch {

/// The largest input_size and resize_to that are read from text.
inline constexpr std::size_t kMaxInputSize = 2048;
inline constexpr std::size_t kMaxResizeTo = 4096;

/// "squash-bilinear-tf x/127.5-1". Different pixels have different words.
std::string describe(const Preprocessing& preprocessing);

/// What describe() says for inputs of this size; nothing if these are not its
/// words, or a crop is smaller than the input.
std::optional<Preprocessing> preprocessing_of(std::string_view words,
                                              std::size_t input_size);

/// The first and the second half of it. They set what the words say and give
/// true, or change nothing.
bool set_resize(std::string_view words, Preprocessing& preprocessing);
bool set_scale(std::string_view words, Preprocessing& preprocessing);

/// "0.5,0.5,0.5": as few digits as give the same floats again.
std::string text_of(const Rgb& rgb);
/// Three finite numbers, or nothing.
std::optional<Rgb> rgb_of(std::string_view text);
/// As rgb_of(), but nothing unless all three are above 0.
std::optional<Rgb> deviation_of(std::string_view text);

}  // namespace imsearch
