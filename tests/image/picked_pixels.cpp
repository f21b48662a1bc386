#include "image/picked_pixels.h"

#include "base/error.h"
#include "image/exif.h"
#include "image/perceptual_hash.h"
#include "image/preprocess.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

namespace imsearch::test {
namespace {

/// pick() in as few words as can be.
std::vector<std::uint8_t> crossings(const Image& image, const PixelGrid& grid) {
  std::vector<std::uint8_t> rgb;
  for (const std::size_t y : grid.rows)
    for (const std::size_t x : grid.columns)
      for (std::size_t c = 0; c < kChannels; ++c)
        rgb.push_back(image.rgb[(y * image.width + x) * kChannels + c]);
  return rgb;
}

/// The pixels, or the reason why there are none.
struct Outcome {
  Image image;
  std::string reason;
};

Outcome decode_whole(const std::string& bytes, Reference reference) {
  try {
    return {decode_image(bytes, "", reference), ""};
  } catch (const Error& e) {
    return {{}, e.what()};
  }
}

/// Grids that decoders treat in different ways.
std::vector<std::vector<PixelGrid>> grids_of(std::size_t width,
                                             std::size_t height) {
  std::vector<std::vector<PixelGrid>> all;
  for (std::size_t i = 0; i < 16; ++i)
    all.push_back({{every(4, i / 4, height), every(4, i % 4, width)}});
  all.push_back({whole_grid(width, height)});
  all.push_back({{every(2, 1, height), every(3, 1, width)},
                 {every(5, 0, height), all_places(width)}});
  all.push_back({{every(9, 4, height), every(7, 2, width)},
                 {every(7, 0, height), every(9, 0, width)}});
  // A grid without pixels is of no use.
  for (auto& grids : all)
    grids.erase(
        std::remove_if(grids.begin(), grids.end(),
                       [](const PixelGrid& grid) { return grid.bytes() == 0; }),
        grids.end());
  return all;
}

std::string compare(const Outcome& whole, const std::string& bytes,
                    Reference reference, const std::vector<PixelGrid>& grids) {
  PickedPicture picture;
  try {
    picture = pick_image(bytes, "", reference, UINT64_MAX,
                         [&](std::size_t, std::size_t) { return grids; });
  } catch (const Error& e) {
    if (e.what() == whole.reason) return "";
    return fmt::format("{:?} of picking, {:?} of all", e.what(), whole.reason);
  }
  if (!whole.reason.empty()) return "picked, but " + whole.reason;
  if (picture.width != whole.image.width ||
      picture.height != whole.image.height ||
      picture.parts.size() != grids.size())
    return "sides differ";
  for (std::size_t i = 0; i < grids.size(); ++i) {
    const Image& part = picture.parts[i];
    if (part.height != grids[i].rows.size() ||
        part.width != grids[i].columns.size() ||
        part.rgb != crossings(whole.image, grids[i]))
      return fmt::format(
          "grid {} of {} rows from {} on and {} columns from {} "
          "on differs",
          i, grids[i].rows.size(), grids[i].rows.front(),
          grids[i].columns.size(), grids[i].columns.front());
  }
  return "";
}

/// tf.image.resize() and Keras's scaling, pixel by pixel.
std::vector<float> input_of(const Image& image, std::size_t side) {
  struct Place {
    std::size_t lower, upper;
    float lerp;
  };
  const auto place = [&](std::size_t i, std::size_t in_side) {
    const float scale = static_cast<float>(in_side) / static_cast<float>(side);
    const float in = (static_cast<float>(i) + 0.5F) * scale - 0.5F;
    const auto last = static_cast<float>(in_side - 1);
    const auto at = [&](float x) {
      return static_cast<std::size_t>(std::clamp(x, 0.0F, last));
    };
    return Place{at(std::floor(in)), at(std::ceil(in)), in - std::floor(in)};
  };
  std::vector<float> values;
  for (std::size_t y = 0; y < side; ++y)
    for (std::size_t x = 0; x < side; ++x) {
      const Place down = place(y, image.height);
      const Place across = place(x, image.width);
      for (std::size_t c = 0; c < kChannels; ++c) {
        const auto mixed = [&](std::size_t row) {
          const auto value = [&](std::size_t column) {
            return static_cast<float>(
                image.rgb[(row * image.width + column) * kChannels + c]);
          };
          const float left = value(across.lower);
          return left + (value(across.upper) - left) * across.lerp;
        };
        const float top = mixed(down.lower);
        const float level = top + (mixed(down.upper) - top) * down.lerp;
        values.push_back(level / 127.5F - 1.0F);
      }
    }
  return values;
}

}  // namespace

Places every(std::size_t step, std::size_t first, std::size_t side) {
  Places places;
  for (std::size_t place = first; place < side; place += step)
    places.push_back(place);
  return places;
}

std::string picks_differ(const std::string& bytes, Reference reference) {
  const Outcome whole = decode_whole(bytes, reference);
  const std::size_t width = std::max<std::size_t>(1, whole.image.width);
  const std::size_t height = std::max<std::size_t>(1, whole.image.height);
  for (const auto& grids : grids_of(width, height)) {
    const std::string wrong = compare(whole, bytes, reference, grids);
    if (!wrong.empty()) return wrong;
  }
  return "";
}

std::string inputs_differ(const std::string& bytes, int orientation) {
  const Preprocessing preprocessing;
  const Image whole = turn_upright(decode_image(bytes, ""), orientation);
  PickedPicture picture = pick_image(
      bytes, "", preprocessing.reference(), UINT64_MAX,
      [&](std::size_t width, std::size_t height) {
        std::vector<PixelGrid> grids = {
            *preprocess_grid(whole.width, whole.height, preprocessing),
            hash_grid(whole.width, whole.height)};
        for (PixelGrid& grid : grids)
          grid = as_stored(grid, width, height, orientation);
        return grids;
      });
  for (Image& part : picture.parts)
    part = turn_upright(std::move(part), orientation);
  std::vector<float> input(preprocessing.input_floats());
  preprocess_picked(picture.parts[0], whole.width, whole.height, preprocessing,
                    input.data());
  if (input != input_of(whole, preprocessing.input_size))
    return "the input differs";
  if (perceptual_hash(picture.parts[1], whole.width, whole.height) !=
      perceptual_hash(whole))
    return "the hash differs";
  return "";
}

}  // namespace imsearch::test
