// As Pillow does it, but for two things: grey of 16 bits, which Pillow clips to
// white, and inverted grey of 16 bits, which it does not invert.
#include "image/tiff_samples.h"

#include <algorithm>
#include <cstring>

namespace imsearch {
namespace {

using Colour = std::array<std::uint8_t, 3>;

std::size_t colour_samples(TiffColours colours) {
  if (colours == TiffColours::kRgb) return 3;
  return colours == TiffColours::kCmyk ? 4 : 1;
}

std::uint8_t sample_at(const std::uint8_t* row, std::size_t bits,
                       std::size_t i) {
  if (bits == 8) return row[i];
  if (bits == 16) {
    std::uint16_t value = 0;
    std::memcpy(&value, row + 2 * i, sizeof value);
    return static_cast<std::uint8_t>(value >> 8);
  }
  // The leftmost has a byte's highest bits.
  const std::size_t in_byte = 8 / bits;
  const std::size_t right = in_byte - 1 - i % in_byte;
  return static_cast<std::uint8_t>(row[i / in_byte] >> (right * bits) &
                                   ((1U << bits) - 1));
}

/// Pillow's MULDIV255.
int share(int a, int b) {
  const int product = a * b + 128;
  return ((product >> 8) + product) >> 8;
}

Colour colour_of(const std::uint8_t* pixel, const TiffSamples& samples) {
  switch (samples.colours) {
    case TiffColours::kPalette:
      return samples.palette[pixel[0]];
    case TiffColours::kRgb:
      return {pixel[0], pixel[1], pixel[2]};
    case TiffColours::kCmyk: {
      const int light = 255 - pixel[3];
      Colour colour{};
      for (std::size_t c = 0; c < colour.size(); ++c)
        colour[c] = static_cast<std::uint8_t>(light - share(pixel[c], light));
      return colour;
    }
    case TiffColours::kGrey:
    case TiffColours::kInvertedGrey:
      break;
  }
  const int most = samples.bits < 8 ? (1 << samples.bits) - 1 : 255;
  const int scaled = pixel[0] * 255 / most;
  const auto grey = static_cast<std::uint8_t>(
      samples.colours == TiffColours::kGrey ? scaled : 255 - scaled);
  return {grey, grey, grey};
}

void divide_out(Colour& colour, std::uint8_t alpha) {
  for (std::uint8_t& channel : colour)
    channel =
        alpha == 0
            ? 0
            : static_cast<std::uint8_t>(std::min(255, channel * 255 / alpha));
}

}  // namespace

std::size_t TiffSamples::used() const {
  return colour_samples(colours) + (premultiplied ? 1 : 0);
}

void read_samples(const std::uint8_t* row, const TiffSamples& samples,
                  std::size_t width, std::size_t step, std::uint8_t* out) {
  const std::size_t used = std::min(samples.used(), samples.count);
  for (std::size_t x = 0; x < width; ++x)
    for (std::size_t c = 0; c < used; ++c)
      out[x * step + c] = sample_at(row, samples.bits, x * samples.count + c);
}

void samples_to_rgb(const std::uint8_t* pixels, const TiffSamples& samples,
                    std::size_t width, std::uint8_t* rgb) {
  const std::size_t used = samples.used();
  for (std::size_t x = 0; x < width; ++x) {
    const std::uint8_t* pixel = pixels + x * used;
    Colour colour = colour_of(pixel, samples);
    if (samples.premultiplied) divide_out(colour, pixel[used - 1]);
    rgb = std::copy(colour.begin(), colour.end(), rgb);
  }
}

}  // namespace imsearch
