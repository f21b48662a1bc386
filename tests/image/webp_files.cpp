#include "image/webp_files.h"

#include "base/error.h"
#include "image/image_files.h"

#include <webp/encode.h>

#include <vector>

namespace imsearch::test {
namespace {

std::string encoded(const std::uint8_t* bytes, std::size_t size) {
  if (size == 0) fail("libwebp can't encode this");
  return {reinterpret_cast<const char*>(bytes), size};
}

std::string riff(const std::string& chunks) {
  const auto size = static_cast<std::uint32_t>(chunks.size() + 4);
  return "RIFF" + little_endian(size, 4) + "WEBP" + chunks;
}

}  // namespace

std::string webp_file(const Image& image) {
  std::uint8_t* bytes = nullptr;
  const std::size_t size =
      WebPEncodeLosslessRGB(image.rgb.data(), static_cast<int>(image.width),
                            static_cast<int>(image.height),
                            static_cast<int>(image.width * 3), &bytes);
  std::string file = encoded(bytes, size);
  WebPFree(bytes);
  return file;
}

std::string webp_file(const Image& image, std::uint8_t alpha) {
  std::vector<std::uint8_t> rgba;
  for (std::size_t i = 0; i < image.rgb.size(); i += 3) {
    rgba.insert(rgba.end(), &image.rgb[i], &image.rgb[i] + 3);
    rgba.push_back(alpha);
  }
  std::uint8_t* bytes = nullptr;
  const std::size_t size =
      WebPEncodeLosslessRGBA(rgba.data(), static_cast<int>(image.width),
                             static_cast<int>(image.height),
                             static_cast<int>(image.width * 4), &bytes);
  std::string file = encoded(bytes, size);
  WebPFree(bytes);
  return file;
}

std::string webp_chunk(const std::string& type, const std::string& data) {
  return type + little_endian(static_cast<std::uint32_t>(data.size()), 4) +
         data + std::string(data.size() % 2, '\0');
}

std::string webp_picture(const std::string& file) {
  const std::size_t begin = file.find("VP8L");
  if (begin == std::string::npos) fail("not a lossless WebP");
  return file.substr(begin);
}

std::string extended_webp(std::uint32_t width, std::uint32_t height,
                          unsigned flags, const std::string& chunks) {
  const std::string header = little_endian(flags, 4) +
                             little_endian(width - 1, 3) +
                             little_endian(height - 1, 3);
  return riff(webp_chunk("VP8X", header) + chunks);
}

std::string webp_frame(std::uint32_t x, std::uint32_t y, const Image& image) {
  constexpr std::uint32_t kMilliseconds = 100;
  const auto side = [](std::size_t pixels) {
    return little_endian(static_cast<std::uint32_t>(pixels - 1), 3);
  };
  return webp_chunk("ANMF", little_endian(x / 2, 3) + little_endian(y / 2, 3) +
                                side(image.width) + side(image.height) +
                                little_endian(kMilliseconds, 3) +
                                std::string(1, '\0') +
                                webp_picture(webp_file(image)));
}

}  // namespace imsearch::test
