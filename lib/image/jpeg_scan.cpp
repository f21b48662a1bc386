// Blocks come unit by unit: of each plane the blocks of the same pixels. Each
// is transformed at once and goes into the band that PlanePixels keeps.
#include "image/jpeg_scan.h"

#include <cstdint>
#include <utility>
#include <vector>

namespace imsearch {
namespace {

constexpr std::uint8_t kEndOfImage = 0xd9;

struct Tables {
  HuffmanTable first;
  HuffmanTable others;
  FastMultipliers multipliers;
};

class ScanDecoder {
 public:
  ScanDecoder(const Scan& scan, const PlaneLayout& layout,
              std::string_view data, PlanePixels& pixels)
      : scan_(scan),
        layout_(layout),
        bits_(data),
        pixels_(pixels),
        restarts_(scan.restart_units) {}

  bool decode() {
    if (!make_tables()) return false;
    const std::size_t unit = PlaneLayout::kRows;
    const std::size_t across = unit * layout_.across;
    const std::size_t bands =
        (layout_.height + layout_.band_rows() - 1) / layout_.band_rows();
    const std::size_t units = (layout_.width + across - 1) / across;
    for (std::size_t band = 0; band < bands; ++band) {
      for (std::size_t i = 0; i < units; ++i)
        if (!pass_restart() || !read_unit(i)) return false;
      pixels_.add_band();
    }
    if (!bits_.pass(kEndOfImage)) return false;
    pixels_.finish();
    return true;
  }

 private:
  bool make_tables() {
    for (std::size_t i = 0; i < layout_.planes; ++i) {
      auto first =
          HuffmanTable::make(scan_.first[i], HuffmanTable::Kind::kFirst);
      auto others =
          HuffmanTable::make(scan_.others[i], HuffmanTable::Kind::kOthers);
      if (!first || !others) return false;
      tables_.push_back({std::move(*first), std::move(*others),
                         fast_multipliers(scan_.steps[i])});
    }
    return true;
  }

  bool pass_restart() {
    if (!restarts_.due()) return true;
    means_ = {};
    return bits_.pass(restarts_.marker());
  }

  bool read_unit(std::size_t unit) {
    if (!bits_.ready()) return false;
    for (std::size_t i = 0; i < layout_.planes; ++i) {
      const std::size_t across = i == 0 ? layout_.across : 1;
      const std::size_t down = i == 0 ? layout_.down : 1;
      for (std::size_t y = 0; y < down; ++y)
        for (std::size_t x = 0; x < across; ++x) {
          std::uint8_t* out = pixels_.next_row(i, y * PlaneLayout::kRows) +
                              (unit * across + x) * PlaneLayout::kRows;
          if (!read_block(i, out)) return false;
        }
    }
    return true;
  }

  bool read_block(std::size_t plane, std::uint8_t* out) {
    const Tables& tables = tables_[plane];
    const std::size_t row_bytes = pixels_.row_bytes(plane);
    bits_.window.refill();
    Coefficient mean;
    if (!tables.first.read(bits_.window, mean)) return false;
    means_[plane] += mean.value;
    const auto first = static_cast<std::int16_t>(means_[plane]);
    if (first != means_[plane]) return false;
    alignas(16) std::int16_t block[kBlockSize + 1] = {};
    block[0] = first;
    switch (tables.others.read_others(bits_.window, block)) {
      case HuffmanTable::Others::kDamaged:
        return false;
      case HuffmanTable::Others::kNone:
        fast_idct_of_one(first, tables.multipliers, out, row_bytes);
        return true;
      case HuffmanTable::Others::kSome:
        fast_idct(block, tables.multipliers, out, row_bytes);
        return true;
    }
    return false;
  }

  const Scan& scan_;
  const PlaneLayout& layout_;
  ScanBits bits_;
  PlanePixels& pixels_;
  std::vector<Tables> tables_;
  std::array<int, kChannels> means_ = {};
  RestartCounter restarts_;
};

}  // namespace

bool decode_scan(const Scan& scan, const PlaneLayout& layout,
                 std::string_view data, PlanePixels& pixels) {
  return ScanDecoder(scan, layout, data, pixels).decode();
}

}  // namespace imsearch
