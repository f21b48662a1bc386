// The planes of a progressive JPEG, as libjpeg-turbo gives them. Scan by scan
// the coefficients of the whole picture come together, and are transformed when
// all are there. What is unusual, damaged or lacks a part is left to libjpeg.
#pragma once

#include "image/jpeg_planes.h"
#include "image/jpeg_segments.h"

#include <array>
#include <cstddef>
#include <string_view>

namespace imsearch {

/// What the headers before the data of the first scan say.
struct ProgressiveHeader {
  std::array<std::uint8_t, kChannels> ids = {};  // of planes
  std::array<std::array<std::uint16_t, kBlockSize>, kChannels> steps = {};
  ScanTables tables;
  ScanHeader scan;
  std::size_t restart_units = 0;  // from marker to marker; 0: there are none
};

/// As decode_scan() (image/jpeg_scan.h), in at most `most_scans`. Holds two
/// bytes a coefficient.
bool decode_progressive(const ProgressiveHeader& header,
                        const PlaneLayout& layout, std::string_view data,
                        std::size_t most_scans, PlanePixels& pixels);

}  // namespace imsearch
