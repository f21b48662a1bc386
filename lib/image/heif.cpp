// HEIC, HEIF and AVIF by libheif, which finds the main picture in the
// container, has it decoded (libde265, dav1d or libaom), and crops, turns and
// mirrors it as the container says. It also makes RGB of HEIC; of AVIF we do
// that (image/yuv.h), since Pillow reads AVIF by another library, whose colours
// of neighbouring pixels run smoothly into each other.
#include "image/decoders.h"

#include "base/error.h"
#include "base/lazy_library.h"
#include "image/bytes.h"
#include "image/isolated_image.h"
#include "image/yuv.h"

#include <libheif/heif.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <new>

namespace imsearch {
namespace {

struct Heif : LazyLibrary {
  Heif() : LazyLibrary("libheif.so.1", "libheif1") {}

  decltype(&heif_context_alloc) context_alloc = function("heif_context_alloc");
  decltype(&heif_context_free) context_free = function("heif_context_free");
  decltype(&heif_context_set_max_decoding_threads) set_threads =
      function("heif_context_set_max_decoding_threads");
  decltype(&heif_context_read_from_memory_without_copy) read =
      function("heif_context_read_from_memory_without_copy");
  decltype(&heif_context_get_primary_image_handle) primary_handle =
      function("heif_context_get_primary_image_handle");
  decltype(&heif_image_handle_release) handle_release =
      function("heif_image_handle_release");
  decltype(&heif_image_handle_get_width) width =
      function("heif_image_handle_get_width");
  decltype(&heif_image_handle_get_height) height =
      function("heif_image_handle_get_height");
  decltype(&heif_image_handle_get_luma_bits_per_pixel) bits =
      function("heif_image_handle_get_luma_bits_per_pixel");
  decltype(&heif_image_get_nclx_color_profile) colours =
      function("heif_image_get_nclx_color_profile");
  decltype(&heif_nclx_color_profile_free) colours_free =
      function("heif_nclx_color_profile_free");
  decltype(&heif_decoding_options_alloc) options_alloc =
      function("heif_decoding_options_alloc");
  decltype(&heif_decoding_options_free) options_free =
      function("heif_decoding_options_free");
  decltype(&heif_decode_image) decode = function("heif_decode_image");
  decltype(&heif_image_release) image_release = function("heif_image_release");
  decltype(&heif_image_get_width) plane_width =
      function("heif_image_get_width");
  decltype(&heif_image_get_height) plane_height =
      function("heif_image_get_height");
  decltype(&heif_image_get_colorspace) colorspace =
      function("heif_image_get_colorspace");
  decltype(&heif_image_get_bits_per_pixel_range) plane_bits =
      function("heif_image_get_bits_per_pixel_range");
  decltype(&heif_image_get_plane_readonly) plane =
      function("heif_image_get_plane_readonly");
};

const Heif& heif() {
  static const Heif library;
  return library;
}

void check(const heif_error& error) {
  if (error.code == heif_error_Ok) return;
  if (error.code == heif_error_Memory_allocation_error) throw std::bad_alloc();
  fail("invalid HEIF: {}", error.message);
}

template <typename T>
using Owned = std::unique_ptr<T, void (*)(T*)>;

std::size_t side(int pixels) {
  return static_cast<std::size_t>(std::max(pixels, 0));
}

/// What red and blue add to luma (ITU-T H.273, table 4); BT.601's for those
/// that do not say it.
void set_shares(heif_matrix_coefficients matrix, YuvPicture& picture) {
  switch (matrix) {
    case heif_matrix_coefficients_RGB_GBR:
      picture.identity = true;
      break;
    case heif_matrix_coefficients_ITU_R_BT_709_5:
      picture.red_share = 0.2126;
      picture.blue_share = 0.0722;
      break;
    case heif_matrix_coefficients_US_FCC_T47:
      picture.red_share = 0.3;
      picture.blue_share = 0.11;
      break;
    case heif_matrix_coefficients_SMPTE_240M:
      picture.red_share = 0.212;
      picture.blue_share = 0.087;
      break;
    case heif_matrix_coefficients_ITU_R_BT_2020_2_non_constant_luminance:
      picture.red_share = 0.2627;
      picture.blue_share = 0.0593;
      break;
    default:
      break;
  }
}

/// What is asked of libheif, and so how its picture is stored.
struct Layout {
  heif_colorspace colours = heif_colorspace_RGB;
  heif_chroma chroma = heif_chroma_interleaved_RGB;
};

/// As the AV1 of this file is, so that libheif converts nothing: it has no
/// function that tells. The properties of a coded picture begin with "av1C" and
/// four bytes of bits (AV1 in ISOBMFF, 2.3.3); those of alpha are monochrome,
/// those of a thumbnail like its picture's.
Layout layout_of_av1(std::string_view bytes) {
  constexpr std::string_view kName = "av1C";
  constexpr std::uint32_t kMonochrome = 0x10;
  constexpr std::uint32_t kHalfWidth = 0x08;
  constexpr std::uint32_t kHalfHeight = 0x04;
  for (std::size_t at = bytes.find(kName);
       at != std::string_view::npos && at + 8 <= bytes.size();
       at = bytes.find(kName, at + 1)) {
    const std::uint32_t bits = byte_at(bytes, at + kName.size() + 2);
    if ((bits & kMonochrome) != 0) continue;
    if ((bits & kHalfHeight) != 0)
      return {heif_colorspace_YCbCr, heif_chroma_420};
    return {heif_colorspace_YCbCr,
            (bits & kHalfWidth) != 0 ? heif_chroma_422 : heif_chroma_444};
  }
  return {heif_colorspace_monochrome, heif_chroma_monochrome};
}

/// A decoded picture.
class HeifPixels {
 public:
  explicit HeifPixels(const heif_image* image)
      : image_(image, heif().image_release) {}

  /// Interleaved RGB, a byte each.
  Image rgb() const {
    const YuvPlane plane = plane_of(heif_channel_interleaved);
    Image image{plane.width, plane.height, {}};
    image.rgb.resize(image.width * image.height * 3);
    for (std::size_t y = 0; y < image.height; ++y)
      std::copy_n(plane.data + y * plane.row_bytes, image.width * 3,
                  image.rgb.data() + y * image.width * 3);
    return image;
  }

  YuvPicture yuv() const {
    YuvPicture picture;
    const bool in_colours =
        heif().colorspace(image_.get()) != heif_colorspace_monochrome;
    picture.planes[0] = plane_of(heif_channel_Y);
    if (in_colours) {
      picture.planes[1] = plane_of(heif_channel_Cb);
      picture.planes[2] = plane_of(heif_channel_Cr);
    }
    picture.bits = heif().plane_bits(image_.get(), heif_channel_Y);
    heif_color_profile_nclx* found = nullptr;
    heif().colours(image_.get(), &found);  // an error: there is none
    const Owned<heif_color_profile_nclx> profile(found, heif().colours_free);
    if (profile != nullptr) {
      set_shares(profile->matrix_coefficients, picture);
      picture.full_range = profile->full_range_flag != 0;
    }
    return picture;
  }

 private:
  YuvPlane plane_of(heif_channel channel) const {
    int row_bytes = 0;
    const std::uint8_t* data = heif().plane(image_.get(), channel, &row_bytes);
    if (data == nullptr) fail("invalid HEIF: a channel is missing");
    return {data, side(row_bytes),
            side(heif().plane_width(image_.get(), channel)),
            side(heif().plane_height(image_.get(), channel))};
  }

  std::unique_ptr<const heif_image, void (*)(const heif_image*)> image_;
};

/// One file.
class HeifReader {
 public:
  explicit HeifReader(std::string_view bytes)
      : layout_(looks_like_avif(bytes) ? layout_of_av1(bytes) : Layout{}),
        context_(heif().context_alloc(), heif().context_free),
        handle_(nullptr, heif().handle_release) {
    if (context_ == nullptr) throw std::bad_alloc();
    heif().set_threads(context_.get(), 0);  // the caller has many images
    check(heif().read(context_.get(), bytes.data(), bytes.size(), nullptr));
    heif_image_handle* handle = nullptr;
    check(heif().primary_handle(context_.get(), &handle));
    handle_.reset(handle);
  }

  /// Upright.
  std::size_t width() const { return side(heif().width(handle_.get())); }
  std::size_t height() const { return side(heif().height(handle_.get())); }

  /// Bytes beside the pixels: the decoder's picture and libheif's copies,
  /// before and after each turn, in up to three whole channels, and its RGB.
  std::uint64_t held_bytes() const {
    constexpr std::uint64_t kCopies = 4;
    const std::uint64_t value_bytes = heif().bits(handle_.get()) > 8 ? 2 : 1;
    return (kCopies * 3 * value_bytes + 3) * width() * height();
  }

  Image read_pixels() const {
    const Owned<heif_decoding_options> options(heif().options_alloc(),
                                               heif().options_free);
    if (options == nullptr) throw std::bad_alloc();
    const bool rgb = layout_.colours == heif_colorspace_RGB;
    options->convert_hdr_to_8bit = rgb ? 1 : 0;
    // libheif turns and mirrors the planes of colour by themselves. Where they
    // have half of an odd side, the value that covers one pixel alone then lies
    // at the other end, and colours are off by up to 20 of 255 along that side.
    // libheif 1.15 does not tell how it turned, so it stays.
    heif_image* decoded = nullptr;
    check(heif().decode(handle_.get(), &decoded, layout_.colours,
                        layout_.chroma, options.get()));
    const HeifPixels pixels(decoded);
    return rgb ? pixels.rgb() : yuv_to_rgb(pixels.yuv());
  }

 private:
  Layout layout_;
  Owned<heif_context> context_;
  std::unique_ptr<const heif_image_handle, void (*)(const heif_image_handle*)>
      handle_;
};

}  // namespace

Image read_heif(std::string_view bytes, std::uint64_t max_bytes) {
  const HeifReader reader(bytes);
  const std::uint64_t held = reader.held_bytes();
  check_pixel_bytes(reader.width(), reader.height(), max_bytes, held);
  promise_memory(held + 3 * reader.width() * reader.height());
  Image image = reader.read_pixels();
  // What was decoded need not be what the container said.
  check_pixel_bytes(image.width, image.height, max_bytes, held);
  return image;
}

Image decode_heif(std::string_view bytes, std::uint64_t max_bytes) {
  heif();  // loaded here, once
  return isolated_image(looks_like_avif(bytes) ? "AVIF" : "HEIC", "libheif",
                        [&] { return read_heif(bytes, max_bytes); });
}

}  // namespace imsearch
