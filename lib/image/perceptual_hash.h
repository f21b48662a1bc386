// 64 bits by which pictures that look alike are known: those of one picture in
// two sizes, two qualities, two formats or in grey differ in few.
//
// Definition, after the "pHash" of the literature (Zauner, "Implementation and
// Benchmarking of Perceptual Image Hash Functions", 2010):
// 1. Luma 0.299 R + 0.587 G + 0.114 B, averaged over 32 x 32 cells of equal
//    size, which share the pixels on their borders by area. A side of more than
//    512 pixels is averaged over 512 places instead, the middles of 512 equal
//    parts: each takes the pixel it lies in, or the mean of the two that it
//    lies between. A cell's value is kept in steps of 1/256, rounded down.
// 2. The two-dimensional DCT-II of the cells: C(v, u) for 0 <= u, v <= 8.
// 3. Bit 8 v + u is set where C(v, u) > 0, for u, v <= 7; bit 0, the place of
//    the mean C(0, 0), stands for C(8, 8).
// All is done in integers (cosines in steps of 2^-14), so that it gives the
// same on every machine. A threshold of zero, where others take the median, is
// what lets turned_hash() tell the hash of a mirrored or turned picture from
// the hash alone: there coefficients change their signs or places.
#pragma once

#include "image/image.h"
#include "image/pixel_grid.h"

#include <cstdint>
#include <optional>

namespace imsearch {

/// None for a picture with next to nothing to see: its cells deviate from their
/// mean by less than 2 of 255 levels, and the bits would be those of noise. The
/// image must not be empty. Reads at most 1024 rows of it.
std::optional<std::uint64_t> perceptual_hash(const Image& image);

/// The pixels that perceptual_hash() reads: at most 1024 rows and columns.
PixelGrid hash_grid(std::size_t width, std::size_t height);

/// The hash of a picture of these sides, from the pixels of hash_grid() alone.
std::optional<std::uint64_t> perceptual_hash(const Image& picked,
                                             std::size_t width,
                                             std::size_t height);

/// What the hash of a picture becomes when the picture is turned and mirrored
/// as turn_upright() (image/exif.h) does for `orientation`, 1 to 8. Exact but
/// for coefficients that are zero, as in pictures that are symmetric.
std::uint64_t turned_hash(std::uint64_t hash, int orientation);

/// In how many bits they differ.
int hash_distance(std::uint64_t a, std::uint64_t b);

}  // namespace imsearch
