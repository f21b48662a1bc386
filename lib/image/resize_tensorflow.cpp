// Resizing as TensorFlow 2 does it (bilinear, half-pixel centres, no
// antialiasing): each output mixes four inputs, however far apart they are, so
// most rows of a large photo are never looked at. Equal to the bit, which needs
// each sum and product in TensorFlow's order, in float, and never fused
// (-ffp-contract=off).
#include "image/resize.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

namespace imsearch {
namespace {

// Between which two inputs an output lies, and how near to the second.
struct Tap {
  std::size_t lower;
  std::size_t upper;
  float lerp;
};

// Each operation and its order are TensorFlow's (HalfPixelScaler and
// compute_interpolation_weights).
std::vector<Tap> make_taps(std::size_t in_size, std::size_t out_size) {
  const float scale =
      static_cast<float>(in_size) / static_cast<float>(out_size);
  const auto last = static_cast<std::int64_t>(in_size) - 1;
  std::vector<Tap> taps(out_size);
  for (std::size_t i = 0; i < out_size; ++i) {
    const float in = (static_cast<float>(i) + 0.5F) * scale - 0.5F;
    const float floor = std::floor(in);
    const auto lower = static_cast<std::int64_t>(floor);
    const auto upper = static_cast<std::int64_t>(std::ceil(in));
    taps[i].lower =
        static_cast<std::size_t>(std::clamp<std::int64_t>(lower, 0, last));
    taps[i].upper =
        static_cast<std::size_t>(std::clamp<std::int64_t>(upper, 0, last));
    taps[i].lerp = in - floor;
  }
  return taps;
}

// Pixels are handled four floats at a time, as processors like it: the fourth
// is the next pixel's and is overwritten by it. Rows are longer by that one.
constexpr std::size_t kLanes = 4;

std::size_t padded_row(std::size_t width) {
  return width * kChannels + 1;
}

void interpolate_row(const float* row, const std::vector<Tap>& taps,
                     float* out) {
  for (const Tap& tap : taps) {
    const float* left = row + tap.lower * kChannels;
    const float* right = row + tap.upper * kChannels;
    float pixel[kLanes];
    for (std::size_t c = 0; c < kLanes; ++c)
      pixel[c] = left[c] + (right[c] - left[c]) * tap.lerp;
    std::memcpy(out, pixel, sizeof pixel);
    out += kChannels;
  }
}

/// The places that taps read.
Places places_of(const std::vector<Tap>& taps) {
  Places places;
  for (const Tap& tap : taps) {
    places.push_back(tap.lower);
    places.push_back(tap.upper);
  }
  return distinct(std::move(places));
}

/// The same taps where only the pixels at places_of() are there.
std::vector<Tap> picked_taps(std::vector<Tap> taps) {
  const Places places = places_of(taps);
  for (Tap& tap : taps) {
    tap.lower = rank_of(places, tap.lower);
    tap.upper = rank_of(places, tap.upper);
  }
  return taps;
}

// Input rows, interpolated horizontally, of which the last two are kept: the
// next output row often needs one of them again.
class InterpolatedRows {
 public:
  InterpolatedRows(const Image& image, std::vector<Tap> taps)
      : image_(image), taps_(std::move(taps)), input_(padded_row(image.width)) {
    for (Row& row : rows_) row.values.resize(padded_row(taps_.size()));
  }

  /// Valid until two other rows have been asked for.
  const float* row(std::size_t y) {
    if (rows_[0].y != y) std::swap(rows_[0], rows_[1]);
    if (rows_[0].y != y) {
      const std::size_t count = image_.width * kChannels;
      const std::uint8_t* row = image_.rgb.data() + y * count;
      for (std::size_t i = 0; i < count; ++i)
        input_[i] = static_cast<float>(row[i]);
      interpolate_row(input_.data(), taps_, rows_[0].values.data());
      rows_[0].y = y;
    }
    return rows_[0].values.data();
  }

 private:
  struct Row {
    std::size_t y = static_cast<std::size_t>(-1);
    std::vector<float> values;
  };
  const Image& image_;
  std::vector<Tap> taps_;
  std::vector<float> input_;
  Row rows_[2];
};

void interpolate(const Image& image, const std::vector<Tap>& down,
                 std::vector<Tap> across, float* out) {
  const std::size_t count = across.size() * kChannels;
  InterpolatedRows rows(image, std::move(across));
  for (const Tap& tap : down) {
    const float* top = rows.row(tap.lower);
    const float* bottom = rows.row(tap.upper);
    for (std::size_t i = 0; i < count; ++i)
      out[i] = top[i] + (bottom[i] - top[i]) * tap.lerp;
    out += count;
  }
}

}  // namespace

void resize_tensorflow(const Image& image, std::size_t height,
                       std::size_t width, float* out) {
  interpolate(image, make_taps(image.height, height),
              make_taps(image.width, width), out);
}

PixelGrid tensorflow_grid(const Resizing& resizing) {
  return {places_of(make_taps(resizing.in_height, resizing.height)),
          places_of(make_taps(resizing.in_width, resizing.width))};
}

void resize_picked_tensorflow(const Image& picked, const Resizing& resizing,
                              float* out) {
  interpolate(picked,
              picked_taps(make_taps(resizing.in_height, resizing.height)),
              picked_taps(make_taps(resizing.in_width, resizing.width)), out);
}

}  // namespace imsearch
