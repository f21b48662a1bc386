// WebP by libwebp: still pictures, and the first frame of an animation on its
// canvas. Pixels are decoded straight into the image; libwebp's own animation
// decoder would hold the canvas twice, and in four channels.
#include "image/decoders.h"

#include "base/error.h"
#include "image/bytes.h"

#include <webp/decode.h>
#include <webp/demux.h>

#include <cstdint>
#include <memory>
#include <new>

namespace imsearch {
namespace {

constexpr std::size_t kFileHeader = 12;  // "RIFF", size, "WEBP"
constexpr std::size_t kChunkHeader = 8;  // type, size

const std::uint8_t* data_of(std::string_view bytes) {
  return reinterpret_cast<const std::uint8_t*>(bytes.data());
}

void check(VP8StatusCode status) {
  if (status == VP8_STATUS_OUT_OF_MEMORY) throw std::bad_alloc();
  if (status != VP8_STATUS_OK) fail("invalid WebP: damaged picture");
}

/// Bytes that libwebp holds beside the pixels. Lossy pictures are decoded row
/// by row; a lossless one, and what says how transparent a lossy one is, is in
/// memory as a whole before its pixels are. Of an animation's frame it is not
/// known which it is.
std::uint64_t held_bytes(const WebPBitstreamFeatures& features) {
  constexpr int kLossy = 1;
  constexpr std::uint64_t kArgb = 4;
  constexpr std::uint64_t kRowBytes = 256;
  const auto width = static_cast<std::uint64_t>(features.width);
  const auto pixels = width * static_cast<std::uint64_t>(features.height);
  std::uint64_t bytes = width * kRowBytes;
  if (features.format != kLossy || features.has_alpha != 0)
    bytes += kArgb * pixels;
  if (features.has_alpha != 0) bytes += pixels;
  return bytes;
}

/// Decodes a still picture into `rgb`, rows of `row_bytes`.
void decode_still(std::string_view bytes, std::uint8_t* rgb,
                  std::size_t rgb_bytes, std::size_t row_bytes) {
  WebPDecoderConfig config;
  if (WebPInitDecoderConfig(&config) == 0)
    fail("libwebp is of another version than its headers");
  config.output.colorspace = MODE_RGB;
  config.output.is_external_memory = 1;
  config.output.u.RGBA.rgba = rgb;
  config.output.u.RGBA.size = rgb_bytes;
  config.output.u.RGBA.stride = static_cast<int>(row_bytes);
  check(WebPDecode(data_of(bytes), bytes.size(), &config));
}

/// The first frame of an animation, where it lies on the canvas.
void decode_first_frame(std::string_view bytes, Image& canvas) {
  const WebPData data{data_of(bytes), bytes.size()};
  const std::unique_ptr<WebPDemuxer, void (*)(WebPDemuxer*)> demuxer(
      WebPDemux(&data), WebPDemuxDelete);
  WebPIterator frame{};
  if (demuxer == nullptr || WebPDemuxGetFrame(demuxer.get(), 1, &frame) == 0)
    fail("invalid WebP: damaged animation");
  const std::unique_ptr<WebPIterator, void (*)(WebPIterator*)> release(
      &frame, WebPDemuxReleaseIterator);
  const auto at = [](int value) { return static_cast<std::size_t>(value); };
  const std::size_t row_bytes = canvas.width * kChannels;
  if (at(frame.x_offset) + at(frame.width) > canvas.width ||
      at(frame.y_offset) + at(frame.height) > canvas.height)
    fail("invalid WebP: a frame beyond the canvas");
  // Rows of the frame are as far apart as those of the canvas, so it is decoded
  // where it belongs; the end of the buffer is what libwebp checks against.
  const std::size_t begin =
      at(frame.y_offset) * row_bytes + at(frame.x_offset) * kChannels;
  decode_still({reinterpret_cast<const char*>(frame.fragment.bytes),
                frame.fragment.size},
               canvas.rgb.data() + begin, canvas.rgb.size() - begin, row_bytes);
}

/// libwebp would take what a truncated file still holds.
void check_whole(std::string_view bytes) {
  if (bytes.size() < kFileHeader + kChunkHeader ||
      bytes.size() - kChunkHeader < little_endian_32(bytes, 4))
    fail("truncated WebP");
}

}  // namespace

bool looks_like_webp(std::string_view bytes) {
  return bytes.substr(0, 4) == "RIFF" && bytes.size() >= kFileHeader &&
         bytes.substr(8, 4) == "WEBP";
}

Image decode_webp(std::string_view bytes, std::uint64_t max_bytes) {
  check_whole(bytes);
  WebPBitstreamFeatures features;
  check(WebPGetFeatures(data_of(bytes), bytes.size(), &features));
  Image image{static_cast<std::size_t>(features.width),
              static_cast<std::size_t>(features.height),
              {}};
  check_pixel_bytes(image.width, image.height, max_bytes, held_bytes(features));
  image.rgb.resize(image.width * image.height * kChannels);
  if (features.has_animation != 0)
    decode_first_frame(bytes, image);
  else
    decode_still(bytes, image.rgb.data(), image.rgb.size(),
                 image.width * kChannels);
  return image;
}

}  // namespace imsearch
