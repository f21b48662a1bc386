#include "base/error.h"
#include "base/lazy_library.h"
#include "view/terminal_picture.h"

#include <sixel.h>

#include <new>
#include <utility>
#include <vector>

namespace imsearch {
namespace {

struct Sixel : LazyLibrary {
  Sixel() : LazyLibrary("libsixel.so.1", "libsixel1") {}

  decltype(&sixel_output_new) output_new = function("sixel_output_new");
  decltype(&sixel_output_unref) output_unref = function("sixel_output_unref");
  decltype(&sixel_dither_new) dither_new = function("sixel_dither_new");
  decltype(&sixel_dither_unref) dither_unref = function("sixel_dither_unref");
  decltype(&sixel_dither_initialize) dither_initialize =
      function("sixel_dither_initialize");
  decltype(&sixel_encode) encode = function("sixel_encode");
};

void check(SIXELSTATUS status) {
  if (status == SIXEL_BAD_ALLOCATION) throw std::bad_alloc();
  if (SIXEL_FAILED(status)) fail("libsixel: error {}", status);
}

/// No exception may pass through libsixel, which is C.
extern "C" int take_sixels(char* data, int size, void* to) {
  try {
    static_cast<std::string*>(to)->append(data, static_cast<std::size_t>(size));
  } catch (const std::bad_alloc&) {
    return 1;
  }
  return 0;
}

/// Undone in reverse, whatever fails in between.
template <typename T>
struct Owned {
  T* object = nullptr;
  void (*release)(T*) = nullptr;
  ~Owned() {
    if (object != nullptr) release(object);
  }
};

}  // namespace

std::string to_sixel(const Image& image) {
  constexpr int kColors = 256;
  constexpr int kDepth = 3;
  static const Sixel sixel;
  std::string text;
  // It takes pixels that it may change.
  std::vector<unsigned char> pixels = image.rgb;
  const auto width = static_cast<int>(image.width);
  const auto height = static_cast<int>(image.height);
  Owned<sixel_output_t> output{nullptr, sixel.output_unref};
  check(sixel.output_new(&output.object, take_sixels, &text, nullptr));
  Owned<sixel_dither_t> dither{nullptr, sixel.dither_unref};
  check(sixel.dither_new(&dither.object, kColors, nullptr));
  check(sixel.dither_initialize(dither.object, pixels.data(), width, height,
                                SIXEL_PIXELFORMAT_RGB888, SIXEL_LARGE_AUTO,
                                SIXEL_REP_AUTO, SIXEL_QUALITY_AUTO));
  check(sixel.encode(pixels.data(), width, height, kDepth, dither.object,
                     output.object));
  return text;
}

}  // namespace imsearch
