// Resizing as Pillow does it (its Resample.c, bilinear): the filter is a
// triangle, as wide as the reduction, so that every input pixel counts; weights
// are rounded to 22 bits, and the two passes, first across and then down, keep
// 8 bits in between. Equal to the bit. Rows that no output needs are never
// touched, which is what makes a window of a large result cheap.
#include "image/resize.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

namespace imsearch {
namespace {

constexpr int kPrecisionBits = 32 - 8 - 2;  // Resample.c's PRECISION_BITS
/// Added before the shift, so that it rounds.
constexpr std::int32_t kHalf = 1 << (kPrecisionBits - 1);

// How one output pixel is mixed from consecutive input pixels.
struct Mix {
  std::size_t first;
  std::vector<std::int32_t> weights;  // fixed point, sum about 1
};

double triangle(double x) {
  return std::abs(x) < 1.0 ? 1.0 - std::abs(x) : 0.0;
}

// Resample.c's precompute_coeffs and normalize_coeffs_8bpc, operation by
// operation in double, for outputs [begin, begin + count).
std::vector<Mix> make_mixes(std::size_t in_size, std::size_t out_size,
                            std::size_t begin, std::size_t count) {
  const auto in = static_cast<double>(in_size);
  const double scale = in / static_cast<double>(out_size);
  const double support = std::max(scale, 1.0);
  const double steepness = 1.0 / support;
  std::vector<Mix> mixes(count);
  std::vector<double> shares;
  for (std::size_t i = 0; i < count; ++i) {
    const double center = (static_cast<double>(begin + i) + 0.5) * scale;
    const double first = std::trunc(std::max(center - support + 0.5, 0.0));
    const double end = std::trunc(std::min(center + support + 0.5, in));
    double sum = 0.0;
    shares.clear();
    for (double x = 0.0; x < end - first; ++x) {
      shares.push_back(triangle((x + first - center + 0.5) * steepness));
      sum += shares.back();
    }
    mixes[i].first = static_cast<std::size_t>(first);
    for (double& share : shares) {
      if (sum != 0.0) share /= sum;
      // Not lround, which rounds the last double below a half down.
      mixes[i].weights.push_back(static_cast<std::int32_t>(
          std::floor(share * (1 << kPrecisionBits) + 0.5)));
    }
  }
  return mixes;
}

std::uint8_t rounded(std::int32_t sum) {
  return static_cast<std::uint8_t>(
      std::clamp<std::int32_t>(sum >> kPrecisionBits, 0, 255));
}

void mix_horizontally(const std::uint8_t* row, const std::vector<Mix>& mixes,
                      std::uint8_t* out) {
  for (const Mix& mix : mixes) {
    std::int32_t sums[kChannels] = {kHalf, kHalf, kHalf};
    const std::uint8_t* in = row + mix.first * kChannels;
    for (const std::int32_t weight : mix.weights)
      for (std::int32_t& sum : sums) sum += weight * *in++;
    for (const std::int32_t sum : sums) *out++ = rounded(sum);
  }
}

// `rows`: the first row that the mix needs, rows of `row_bytes`.
void mix_vertically(const std::uint8_t* rows, std::size_t row_bytes,
                    const Mix& mix, std::vector<std::int32_t>& sums,
                    std::uint8_t* out) {
  sums.assign(row_bytes, kHalf);
  for (const std::int32_t weight : mix.weights) {
    for (std::size_t i = 0; i < row_bytes; ++i) sums[i] += weight * rows[i];
    rows += row_bytes;
  }
  for (std::size_t i = 0; i < row_bytes; ++i) out[i] = rounded(sums[i]);
}

}  // namespace

Image resize_pillow(const Image& image, std::size_t height, std::size_t width) {
  return resize_pillow(image, height, width, {0, 0, height, width});
}

Image resize_pillow(const Image& image, std::size_t height, std::size_t width,
                    const Window& window) {
  Image result{window.width, window.height, {}};
  if (window.height == 0 || window.width == 0) return result;
  const auto across = make_mixes(image.width, width, window.left, window.width);
  const auto down = make_mixes(image.height, height, window.top, window.height);
  const std::size_t first = down.front().first;
  const std::size_t end = down.back().first + down.back().weights.size();
  const std::size_t row_bytes = window.width * kChannels;

  std::vector<std::uint8_t> narrowed((end - first) * row_bytes);
  for (std::size_t y = first; y < end; ++y)
    mix_horizontally(image.rgb.data() + y * image.width * kChannels, across,
                     narrowed.data() + (y - first) * row_bytes);

  result.rgb.resize(window.height * row_bytes);
  std::vector<std::int32_t> sums;
  for (std::size_t y = 0; y < window.height; ++y)
    mix_vertically(narrowed.data() + (down[y].first - first) * row_bytes,
                   row_bytes, down[y], sums, result.rgb.data() + y * row_bytes);
  return result;
}

}  // namespace imsearch
