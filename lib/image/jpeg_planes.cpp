#include "image/jpeg_planes.h"

#include <algorithm>

namespace imsearch {
namespace {

constexpr int kScaleBits = 16;
constexpr std::int32_t kHalf = 1 << (kScaleBits - 1);
constexpr std::int32_t kMiddle = 128;  // neither blue nor yellow

constexpr std::int32_t fixed(double factor) {
  // std::lround() can't be asked while compiling, and no factor is negative.
  // NOLINTNEXTLINE(bugprone-incorrect-roundings)
  return static_cast<std::int32_t>(factor * (1 << kScaleBits) + 0.5);
}

std::uint8_t clipped(std::int32_t value) {
  return static_cast<std::uint8_t>(std::clamp<std::int32_t>(value, 0, 255));
}

}  // namespace

PlanePixels::PlanePixels(const PlaneLayout& layout,
                         const std::array<std::size_t, kChannels>& row_bytes,
                         GridPicker& picker)
    : layout_(layout), picker_(picker), row_bytes_(row_bytes) {
  for (std::size_t i = 0; i < layout.planes; ++i) {
    const std::size_t rows = i == 0 ? layout.band_rows() : PlaneLayout::kRows;
    bands_[i].resize(2 * rows * row_bytes[i]);
  }
  std::size_t most = 0;
  for (const PixelGrid& grid : picker.grids()) {
    taps_.push_back(taps_of(grid.columns));
    most = std::max(most, grid.columns.size());
  }
  for (auto& values : values_) values.resize(most);
}

std::vector<PlanePixels::Tap> PlanePixels::taps_of(
    const Places& columns) const {
  const std::size_t last = layout_.plane_width(1) - 1;
  std::vector<Tap> taps;
  taps.reserve(columns.size());
  for (const std::size_t column : columns) {
    const std::size_t near = column / layout_.across;
    const bool right = column % 2 != 0;
    const std::size_t beside =
        right ? std::min(near + 1, last) : near - (near > 0 ? 1 : 0);
    // What libjpeg adds before it divides, so that halves are rounded up and
    // down in turn.
    const std::int32_t round =
        layout_.down == 2 ? (right ? 7 : 8) : (right ? 2 : 1);
    taps.push_back({static_cast<std::uint32_t>(column),
                    static_cast<std::uint32_t>(near),
                    static_cast<std::uint32_t>(beside), round});
  }
  return taps;
}

std::uint8_t* PlanePixels::next_row(std::size_t plane, std::size_t i) {
  const std::size_t rows =
      plane == 0 ? layout_.band_rows() : PlaneLayout::kRows;
  return bands_[plane].data() + (added_ % 2 * rows + i) * row_bytes_[plane];
}

const std::uint8_t* PlanePixels::row(std::size_t plane, std::size_t y) const {
  const std::size_t rows =
      2 * (plane == 0 ? layout_.band_rows() : PlaneLayout::kRows);
  return bands_[plane].data() + y % rows * row_bytes_[plane];
}

void PlanePixels::add_band() {
  // The last row of a band, and the last of the band before, need the rows that
  // lie above and below them.
  ++added_;
  const std::size_t there = added_ * layout_.band_rows();
  give_rows(std::min(there - 1, layout_.height));
}

void PlanePixels::finish() {
  give_rows(layout_.height);
}

void PlanePixels::give_rows(std::size_t end) {
  for (; given_ < end; ++given_)
    picker_.at_row(given_, [&](std::size_t grid, std::uint8_t* out) {
      give_row(given_, taps_[grid], out);
    });
}

void PlanePixels::read_color(std::size_t plane, std::size_t y,
                             const std::vector<Tap>& taps) {
  std::int32_t* out = values_[plane].data();
  const std::uint8_t* near = row(plane, y / layout_.down);
  if (layout_.across == 1) {
    for (const Tap& tap : taps) *out++ = near[tap.near];
  } else if (layout_.down == 1) {
    for (const Tap& tap : taps)
      *out++ = (3 * near[tap.near] + near[tap.beside] + tap.round) >> 2;
  } else {
    const std::size_t last = layout_.plane_height(plane) - 1;
    const std::size_t at = y / 2;
    const std::uint8_t* far =
        row(plane, y % 2 == 0 ? at - (at > 0 ? 1 : 0) : std::min(at + 1, last));
    for (const Tap& tap : taps)
      *out++ = (3 * (3 * near[tap.near] + far[tap.near]) +
                3 * near[tap.beside] + far[tap.beside] + tap.round) >>
               4;
  }
}

void PlanePixels::give_row(std::size_t y, const std::vector<Tap>& taps,
                           std::uint8_t* out) {
  const std::uint8_t* luma = row(0, y);
  if (layout_.planes == 1) {
    for (const Tap& tap : taps) {
      std::fill_n(out, kChannels, luma[tap.pixel]);
      out += kChannels;
    }
    return;
  }
  std::int32_t* light = values_[0].data();
  for (std::size_t i = 0; i < taps.size(); ++i) light[i] = luma[taps[i].pixel];
  read_color(1, y, taps);
  read_color(2, y, taps);
  const std::int32_t* blues = values_[1].data();
  const std::int32_t* reds = values_[2].data();
  for (std::size_t i = 0; i < taps.size(); ++i) {
    const std::int32_t blue = blues[i] - kMiddle;
    const std::int32_t red = reds[i] - kMiddle;
    out[0] = clipped(light[i] + ((fixed(1.40200) * red + kHalf) >> kScaleBits));
    out[1] = clipped(
        light[i] +
        ((kHalf - fixed(0.34414) * blue - fixed(0.71414) * red) >> kScaleBits));
    out[2] =
        clipped(light[i] + ((fixed(1.77200) * blue + kHalf) >> kScaleBits));
    out += kChannels;
  }
}

}  // namespace imsearch
