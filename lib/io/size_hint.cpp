#include "io/size_hint.h"

#include "io/npy.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace imsearch {
namespace {

// Dimensions of well-known networks' features, the likelier ones first.
constexpr std::array<std::size_t, 10> kCommonDims = {1280, 512, 768, 1024, 2048,
                                                     960,  256, 384, 1536, 128};
constexpr std::size_t kShownDims = 3;

/// A format that the first two ints of the file announce.
const char* format_by_header(const MappedFile& file) {
  std::array<std::uint32_t, 2> head = {};
  if (file.size() < sizeof head) return nullptr;
  std::memcpy(head.data(), file.data(), sizeof head);
  const std::uint64_t first = head[0];
  const std::uint64_t product = first * head[1];  // < 2^64
  const std::size_t payload = file.size() - sizeof head;
  if (product > 0 && payload == product) return ".u8bin";
  if (product > 0 && payload % 4 == 0 && payload / 4 == product) return ".fbin";
  constexpr std::uint64_t kMaxDim = 65536;
  if (first > 0 && first <= kMaxDim && file.size() % (4 + 4 * first) == 0)
    return ".fvecs";
  return nullptr;
}

const char* likely_format(const MappedFile& file) {
  const std::string_view bytes(reinterpret_cast<const char*>(file.data()),
                               file.size());
  return is_npy(bytes) ? ".npy" : format_by_header(file);
}

std::string fitting_dims(const MappedFile& file, std::size_t dim) {
  std::string text;
  std::size_t shown = 0;
  for (const std::size_t common : kCommonDims) {
    if (common == dim || file.size() % (4 * common) != 0) continue;
    if (shown++ == kShownDims) break;
    text += (text.empty() ? "" : ", ") + std::to_string(common);
  }
  return text;
}

}  // namespace

std::string size_hint(const MappedFile& file, std::size_t dim) {
  if (const char* format = likely_format(file))
    return fmt::format(
        "; it looks like a {0} file: give it a name that ends in {0}", format);
  const std::string dims = fitting_dims(file, dim);
  if (!dims.empty()) return fmt::format("; its size fits rows of {}", dims);
  return "; its rows have another dimension, or it is incomplete";
}

}  // namespace imsearch
