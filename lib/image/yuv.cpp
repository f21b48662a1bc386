#include "image/yuv.h"

#include "base/error.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

namespace imsearch {
namespace {

/// Throws unless a plane of chroma covers the picture: as large, or half.
void check_plane(const YuvPlane& luma, const YuvPlane& chroma) {
  const auto covers = [](std::size_t whole, std::size_t part) {
    return part == whole || part == (whole + 1) / 2;
  };
  if (!covers(luma.width, chroma.width) || !covers(luma.height, chroma.height))
    fail("chroma of {} x {} for {} x {} pixels", chroma.width, chroma.height,
         luma.width, luma.height);
}

/// One row of a plane, as numbers.
void read_row(const YuvPlane& plane, std::size_t y, int bits,
              std::vector<float>& row) {
  const std::uint8_t* data = plane.data + y * plane.row_bytes;
  for (std::size_t x = 0; x < plane.width; ++x) {
    std::uint16_t value = data[bits > 8 ? 0 : x];
    if (bits > 8) std::memcpy(&value, data + 2 * x, sizeof value);
    row[x] = value;
  }
}

/// The neighbour that has a quarter's weight where a plane has half as many
/// values as there are pixels: the one on the other side of the pixel, or at an
/// edge the nearest again.
std::size_t neighbour(std::size_t pixel, std::size_t count) {
  const std::size_t nearest = pixel / 2;
  if (pixel % 2 != 0) return std::min(nearest + 1, count - 1);
  return nearest == 0 ? 0 : nearest - 1;
}

/// Rows of one plane, stretched to the width and height of the picture.
class StretchedPlane {
 public:
  StretchedPlane(const YuvPlane& plane, const YuvPlane& luma, int bits)
      : plane_(plane),
        bits_(bits),
        wide_(plane.width == luma.width),
        high_(plane.height == luma.height),
        near_(plane.width),
        far_(plane.width) {}

  void read(std::size_t y, std::vector<float>& row) {
    read_row(plane_, high_ ? y : y / 2, bits_, near_);
    if (!high_) {
      read_row(plane_, neighbour(y, plane_.height), bits_, far_);
      blend(near_, far_);
    }
    for (std::size_t x = 0; x < row.size(); ++x)
      row[x] = wide_ ? near_[x]
                     : 0.75F * near_[x / 2] +
                           0.25F * near_[neighbour(x, plane_.width)];
  }

 private:
  static void blend(std::vector<float>& a, const std::vector<float>& b) {
    for (std::size_t i = 0; i < a.size(); ++i)
      a[i] = 0.75F * a[i] + 0.25F * b[i];
  }

  const YuvPlane& plane_;
  int bits_;
  bool wide_;
  bool high_;
  std::vector<float> near_;
  std::vector<float> far_;
};

/// From values as stored to 0..255, and to RGB.
class Conversion {
 public:
  explicit Conversion(const YuvPicture& picture)
      : identity_(picture.identity),
        red_(static_cast<float>(2 * (1 - picture.red_share))),
        blue_(static_cast<float>(2 * (1 - picture.blue_share))),
        green_of_red_(share(picture.red_share, picture)),
        green_of_blue_(share(picture.blue_share, picture)) {
    const auto max = static_cast<float>((1 << picture.bits) - 1);
    const auto step = static_cast<float>(1 << picture.bits) / 256;
    middle_ = 128 * step;
    black_ = picture.full_range ? 0 : 16 * step;
    luma_scale_ = 255 / (picture.full_range ? max : 219 * step);
    chroma_scale_ = 255 / (picture.full_range ? max : 224 * step);
  }

  std::array<float, 3> rgb(float luma, float blue, float red) const {
    if (identity_) return {grey(red), grey(luma), grey(blue)};
    const float y = grey(luma);
    const float u = (blue - middle_) * chroma_scale_;
    const float v = (red - middle_) * chroma_scale_;
    return {y + red_ * v, y - green_of_red_ * v - green_of_blue_ * u,
            y + blue_ * u};
  }

  float grey(float luma) const { return (luma - black_) * luma_scale_; }

 private:
  static float share(double of, const YuvPicture& picture) {
    const double green = 1 - picture.red_share - picture.blue_share;
    return static_cast<float>(2 * of * (1 - of) / green);
  }

  bool identity_;
  float red_;
  float blue_;
  float green_of_red_;
  float green_of_blue_;
  float middle_;
  float black_;
  float luma_scale_;
  float chroma_scale_;
};

std::uint8_t to_byte(float value) {
  return static_cast<std::uint8_t>(
      std::lround(std::clamp(value, 0.0F, 255.0F)));
}

}  // namespace

Image yuv_to_rgb(const YuvPicture& picture) {
  const YuvPlane& luma = picture.planes[0];
  const bool grey = picture.planes[1].data == nullptr;
  if (!grey)
    for (const std::size_t i : {1U, 2U}) check_plane(luma, picture.planes[i]);
  const Conversion conversion(picture);
  StretchedPlane y_plane(luma, luma, picture.bits);
  StretchedPlane u_plane(picture.planes[grey ? 0 : 1], luma, picture.bits);
  StretchedPlane v_plane(picture.planes[grey ? 0 : 2], luma, picture.bits);
  std::vector<float> y_row(luma.width);
  std::vector<float> u_row(luma.width);
  std::vector<float> v_row(luma.width);
  Image image{luma.width, luma.height, {}};
  image.rgb.resize(luma.width * luma.height * 3);
  std::uint8_t* out = image.rgb.data();
  for (std::size_t y = 0; y < luma.height; ++y) {
    y_plane.read(y, y_row);
    if (!grey) u_plane.read(y, u_row);
    if (!grey) v_plane.read(y, v_row);
    for (std::size_t x = 0; x < luma.width; ++x) {
      const float value = conversion.grey(y_row[x]);
      const std::array<float, 3> rgb =
          grey ? std::array<float, 3>{value, value, value}
               : conversion.rgb(y_row[x], u_row[x], v_row[x]);
      for (const float channel : rgb) *out++ = to_byte(channel);
    }
  }
  return image;
}

}  // namespace imsearch
