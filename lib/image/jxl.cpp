// JPEG XL by libjxl, which gives 8-bit RGB of whatever a file has, turned as
// its header says.
#include "image/decoders.h"

#include "base/error.h"
#include "base/lazy_library.h"
#include "image/isolated_image.h"

#include <jxl/decode.h>

#include <cstdint>
#include <memory>
#include <new>

namespace imsearch {
namespace {

struct Jxl : LazyLibrary {
  Jxl() : LazyLibrary("libjxl.so.0.7", "libjxl0.7") {}

  decltype(&JxlDecoderCreate) create = function("JxlDecoderCreate");
  decltype(&JxlDecoderDestroy) destroy = function("JxlDecoderDestroy");
  decltype(&JxlDecoderSubscribeEvents) subscribe =
      function("JxlDecoderSubscribeEvents");
  decltype(&JxlDecoderSetInput) set_input = function("JxlDecoderSetInput");
  decltype(&JxlDecoderCloseInput) close_input =
      function("JxlDecoderCloseInput");
  decltype(&JxlDecoderProcessInput) process =
      function("JxlDecoderProcessInput");
  decltype(&JxlDecoderGetBasicInfo) basic_info =
      function("JxlDecoderGetBasicInfo");
  decltype(&JxlDecoderImageOutBufferSize) buffer_size =
      function("JxlDecoderImageOutBufferSize");
  decltype(&JxlDecoderSetImageOutBuffer) set_buffer =
      function("JxlDecoderSetImageOutBuffer");
};

const Jxl& jxl() {
  static const Jxl library;
  return library;
}

constexpr JxlPixelFormat kRgb = {3, JXL_TYPE_UINT8, JXL_NATIVE_ENDIAN, 0};

/// One file. JxlDecoderProcessInput() stops at each event.
class JxlReader {
 public:
  explicit JxlReader(std::string_view bytes)
      : decoder_(jxl().create(nullptr), jxl().destroy) {
    if (decoder_ == nullptr) throw std::bad_alloc();
    check(jxl().subscribe(decoder_.get(),
                          JXL_DEC_BASIC_INFO | JXL_DEC_FULL_IMAGE));
    check(jxl().set_input(decoder_.get(),
                          reinterpret_cast<const std::uint8_t*>(bytes.data()),
                          bytes.size()));
    jxl().close_input(decoder_.get());
    go_to(JXL_DEC_BASIC_INFO);
    check(jxl().basic_info(decoder_.get(), &info_));
  }

  std::size_t width() const { return info_.xsize; }
  std::size_t height() const { return info_.ysize; }

  /// Bytes beside the pixels: libjxl has every channel in floats, a picture
  /// with patches or blending several times.
  std::uint64_t held_bytes() const {
    constexpr std::uint64_t kCopies = 4;
    const std::uint64_t channels = 3 + info_.num_extra_channels;
    return kCopies * sizeof(float) * channels * width() * height();
  }

  Image read_pixels() {
    go_to(JXL_DEC_NEED_IMAGE_OUT_BUFFER);
    Image image{width(), height(), {}};
    image.rgb.resize(image.width * image.height * 3);
    std::size_t needed = 0;
    check(jxl().buffer_size(decoder_.get(), &kRgb, &needed));
    if (needed != image.rgb.size())
      fail("invalid JPEG XL: {} bytes for {} x {} pixels", needed, image.width,
           image.height);
    check(jxl().set_buffer(decoder_.get(), &kRgb, image.rgb.data(),
                           image.rgb.size()));
    go_to(JXL_DEC_FULL_IMAGE);
    return image;
  }

 private:
  static void check(JxlDecoderStatus status) {
    if (status != JXL_DEC_SUCCESS) fail("invalid JPEG XL: damaged picture");
  }

  void go_to(JxlDecoderStatus event) {
    const JxlDecoderStatus status = jxl().process(decoder_.get());
    if (status == JXL_DEC_NEED_MORE_INPUT) fail("truncated JPEG XL");
    if (status != event) fail("invalid JPEG XL: damaged picture");
  }

  std::unique_ptr<JxlDecoder, void (*)(JxlDecoder*)> decoder_;
  JxlBasicInfo info_{};
};

}  // namespace

Image read_jxl(std::string_view bytes, std::uint64_t max_bytes) {
  JxlReader reader(bytes);
  const std::uint64_t held = reader.held_bytes();
  check_pixel_bytes(reader.width(), reader.height(), max_bytes, held);
  promise_memory(held + 3 * reader.width() * reader.height());
  return reader.read_pixels();
}

Image decode_jxl(std::string_view bytes, std::uint64_t max_bytes) {
  jxl();  // loaded here, once
  return isolated_image("JPEG XL", "libjxl",
                        [&] { return read_jxl(bytes, max_bytes); });
}

}  // namespace imsearch
