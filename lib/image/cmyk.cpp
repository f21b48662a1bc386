#include "image/cmyk.h"

#include <cstddef>

namespace imsearch {
namespace {

constexpr std::size_t kInks = 4;
constexpr std::size_t kColors = 3;

int truncated_product(int a, int b) {
  return a * b / 255;
}

// Pillow's MULDIV255 of `black` and the ink's complement, taken from `black`.
int rounded_product(int light, int black) {
  const int product = (255 - light) * black + 128;
  return black - ((product >> 8) + product) / 256;
}

}  // namespace

void fold_cmyk(const std::vector<std::uint8_t>& inks, bool inverted,
               Reference reference, std::uint8_t* rgb) {
  const int flip = inverted ? 0 : 255;
  const auto fold =
      reference == Reference::kPillow ? rounded_product : truncated_product;
  for (std::size_t i = 0; i < inks.size(); i += kInks) {
    const int black = inks[i + 3] ^ flip;
    for (std::size_t c = 0; c < kColors; ++c)
      *rgb++ = static_cast<std::uint8_t>(fold(inks[i + c] ^ flip, black));
  }
}

}  // namespace imsearch
