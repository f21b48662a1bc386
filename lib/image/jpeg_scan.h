// The planes of a baseline JPEG of one scan, as libjpeg-turbo gives them where
// it is asked for raw data. Its decoding of Huffman codes took three quarters
// of the time that a large photo took; this takes half of that
// (jpeg_huffman.h). What is unusual or damaged is left to libjpeg, so that it
// alone says what becomes of it.
#pragma once

#include "image/jpeg_huffman.h"
#include "image/jpeg_idct.h"
#include "image/jpeg_planes.h"

#include <array>
#include <cstddef>
#include <string_view>

namespace imsearch {

/// What the headers say, of each plane.
struct Scan {
  std::array<HuffmanCode, kChannels> first;
  std::array<HuffmanCode, kChannels> others;
  std::array<std::array<std::uint16_t, kBlockSize>, kChannels> steps = {};
  std::size_t restart_units = 0;  // from marker to marker; 0: there are none
};

/// Decodes the scan's data, which begin `data`, into `pixels`, whose planes lie
/// as `layout` says, in rows of whole units. False, with some bands given or
/// none, where the file is not as simple and whole as it should be: its scan
/// ends with the end of the image.
bool decode_scan(const Scan& scan, const PlaneLayout& layout,
                 std::string_view data, PlanePixels& pixels);

}  // namespace imsearch
