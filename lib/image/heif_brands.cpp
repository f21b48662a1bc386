// The first box of a file of ISO's media format says by brands of four letters
// which rules it follows: films and cameras' RAW files begin alike (ISO/IEC
// 14496-12, 4.3; 23008-12, annex B).
#include "image/bytes.h"
#include "image/decoders.h"

#include <algorithm>
#include <array>

namespace imsearch {
namespace {

using namespace std::string_view_literals;

constexpr std::array<std::string_view, 2> kAvif = {"avif"sv, "avis"sv};
constexpr std::array<std::string_view, 10> kHeif = {
    "heic"sv, "heix"sv, "heim"sv, "heis"sv, "hevc"sv,
    "hevx"sv, "mif1"sv, "msf1"sv, "mif2"sv, "mif3"sv};

template <std::size_t Count>
bool is_any(std::string_view brand,
            const std::array<std::string_view, Count>& of) {
  return std::find(of.begin(), of.end(), brand) != of.end();
}

/// Whether the brand of the file, or one that it is compatible with, passes.
template <typename Test>
bool any_brand(std::string_view bytes, Test passes) {
  constexpr std::size_t kFirst = 8;  // behind the box's size and type
  if (bytes.size() < kFirst + 4 || bytes.substr(4, 4) != "ftyp") return false;
  const std::size_t end =
      std::min<std::size_t>(bytes.size(), big_endian_32(bytes, 0));
  if (passes(bytes.substr(kFirst, 4))) return true;
  // A version lies between it and the others.
  for (std::size_t i = kFirst + 8; i + 4 <= end; i += 4)
    if (passes(bytes.substr(i, 4))) return true;
  return false;
}

}  // namespace

bool looks_like_avif(std::string_view bytes) {
  return any_brand(bytes,
                   [](std::string_view brand) { return is_any(brand, kAvif); });
}

bool looks_like_heif(std::string_view bytes) {
  return any_brand(bytes, [](std::string_view brand) {
    return is_any(brand, kAvif) || is_any(brand, kHeif);
  });
}

}  // namespace imsearch
