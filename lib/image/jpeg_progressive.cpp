// Which coefficients of a block are not zero stands in a mask, so that a scan
// that brings the next bit of all of these finds them without a search. That
// saves the most: libjpeg looks at every coefficient in each such scan.
#include "image/jpeg_progressive.h"

#include "image/coefficient_plane.h"
#include "image/jpeg_bits.h"
#include "image/jpeg_idct.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <vector>

namespace imsearch {
namespace {

constexpr std::size_t kBlockSide = PlaneLayout::kRows;
constexpr unsigned kLastPlace = kBlockSize - 1;

std::size_t divided_up(std::size_t a, std::size_t b) {
  return (a + b - 1) / b;
}

/// Of the places `from` to `to`.
std::uint64_t mask_of(unsigned from, unsigned to) {
  return ~std::uint64_t{0} << from & ~std::uint64_t{0} >> (kLastPlace - to);
}

/// Reads the blocks of one scan.
class BlockReader {
 public:
  BlockReader(const ScanHeader& scan, BitWindow& window)
      : scan_(scan), window_(window) {}

  /// The codes that the scan needs.
  bool make_tables(const ScanTables& tables, std::size_t planes) {
    using Kind = HuffmanTable::Kind;
    constexpr auto valid = [](std::uint8_t code) { return code < kCodes; };
    if (!std::all_of(scan_.first_codes.begin(), scan_.first_codes.end(),
                     valid) ||
        !std::all_of(scan_.other_codes.begin(), scan_.other_codes.end(), valid))
      return false;
    if (scan_.first > 0) {
      others_ = HuffmanTable::make(
          tables.others[scan_.other_codes[scan_.plane]], Kind::kRuns);
      return others_.has_value();
    }
    if (scan_.known != 0) return true;
    for (std::size_t i = 0; i < planes; ++i) {
      if (!scan_.all_planes && i != scan_.plane) continue;
      first_[i] =
          HuffmanTable::make(tables.first[scan_.first_codes[i]], Kind::kFirst);
      if (!first_[i]) return false;
    }
    return true;
  }

  /// After a restart.
  void reset() {
    means_ = {};
    run_ = 0;
  }

  bool read(std::size_t plane, CoefficientBlock block) {
    if (scan_.first == 0)
      return scan_.known == 0 ? read_mean(plane, block) : refine_mean(block);
    return scan_.known == 0 ? read_others(block) : refine_others(block);
  }

 private:
  /// `value` at its bit; 0 where that is too large.
  std::int16_t shifted(int value) const {
    const int out = value * (1 << scan_.bit);
    const auto fitting = static_cast<std::int16_t>(out);
    return fitting == out ? fitting : std::int16_t{0};
  }

  bool read_mean(std::size_t plane, CoefficientBlock block) {
    window_.refill();
    Coefficient mean;
    if (!first_[plane]->read(window_, mean)) return false;
    means_[plane] += mean.value;
    if (std::abs(means_[plane]) > INT16_MAX) return false;
    block.values[0] = shifted(means_[plane]);
    return block.values[0] != 0 || means_[plane] == 0;
  }

  bool refine_mean(CoefficientBlock block) {
    window_.refill();
    const int bit = static_cast<int>(window_.take(1)) << scan_.bit;
    block.values[0] = static_cast<std::int16_t>(block.values[0] | bit);
    return true;
  }

  bool read_others(CoefficientBlock block) {
    if (run_ > 0) {
      --run_;
      return true;
    }
    BitWindow window = window_;
    for (unsigned at = scan_.first - 1; at < scan_.last;) {
      window.refill();
      Coefficient next;
      if (!others_->read(window, next)) return false;
      if (next.steps >= kEndOfBlock) {
        run_ = run_of(next, window) - 1;
        break;
      }
      at += next.steps;
      if (at > scan_.last) return false;
      if (next.value == 0) continue;
      const std::int16_t value = shifted(next.value);
      if (value == 0) return false;
      block.values[kNaturalPlace[at]] = value;
      block.mask |= std::uint64_t{1} << at;
    }
    window_ = window;
    return true;
  }

  /// How many blocks have no further coefficients, from this one on.
  static unsigned run_of(const Coefficient& end, BitWindow& window) {
    const auto bits = static_cast<int>(end.steps - kEndOfBlock);
    return (1U << bits) + window.take(bits);
  }

  // Bits of coefficients that are not zero stand between the words. They are
  // gathered and added at the end, since a loop of few turns after each word,
  // nobody knows how many, would cost more than all else.
  bool refine_others(CoefficientBlock block) {
    const std::uint64_t known = block.mask & mask_of(scan_.first, scan_.last);
    std::array<std::uint8_t, kBlockSize> zeros;
    unsigned zero_count = 0;
    for (unsigned i = scan_.first; i <= scan_.last; ++i) {
      zeros[zero_count] = static_cast<std::uint8_t>(i);
      zero_count += (known >> i & 1) == 0 ? 1 : 0;
    }
    const unsigned known_count = scan_.last - scan_.first + 1 - zero_count;
    BitWindow window = window_;
    Gathered bits;
    std::uint64_t mask = block.mask;
    unsigned passed = 0;  // zeros
    for (unsigned at = scan_.first; run_ == 0 && at <= scan_.last;) {
      window.refill();
      Coefficient next;
      if (!others_->read(window, next) || std::abs(next.value) > 1)
        return false;
      if (next.steps >= kEndOfBlock) {
        run_ = run_of(next, window);
        break;
      }
      passed += next.steps;
      if (passed > zero_count) return false;
      const unsigned place = zeros[passed - 1];
      bits.add(window, place + 1 - at - next.steps);
      at = place + 1;
      if (next.value == 0) continue;
      block.values[kNaturalPlace[place]] = shifted(next.value);
      mask |= std::uint64_t{1} << place;
    }
    block.mask = mask;
    window.refill();
    bits.add(window, known_count - bits.count);
    refine(block, known, bits);
    if (run_ > 0) --run_;
    window_ = window;
    return true;
  }

  /// Up to 63 bits.
  struct Gathered {
    /// So many need no refill behind a word and its sign.
    static constexpr unsigned kReady = 32;

    void add(BitWindow& window, unsigned more) {
      count += more;
      for (; more > kReady; more -= kReady) {
        bits = bits << kReady | window.take(kReady);
        window.refill();
      }
      bits = bits << more | window.take(static_cast<int>(more));
    }
    std::uint64_t bits = 0;
    unsigned count = 0;
  };

  /// Adds a bit to each of the coefficients at `places`.
  void refine(CoefficientBlock block, std::uint64_t places,
              const Gathered& gathered) const {
    if (gathered.bits == 0) return;
    std::uint64_t bits = gathered.bits << (kBlockSize - gathered.count);
    for (; places != 0; places &= places - 1, bits <<= 1) {
      std::int16_t& value = block.values[kNaturalPlace[static_cast<std::size_t>(
          __builtin_ctzll(places))]];
      const int bit = static_cast<int>(bits >> kLastPlace) << scan_.bit;
      value = static_cast<std::int16_t>(value + (value < 0 ? -bit : bit));
    }
  }

  const ScanHeader& scan_;
  BitWindow& window_;
  std::array<std::optional<HuffmanTable>, kChannels> first_;
  std::optional<HuffmanTable> others_;
  std::array<int, kChannels> means_ = {};
  unsigned run_ = 0;  // of blocks that end before they begin
};

class ProgressiveDecoder {
 public:
  ProgressiveDecoder(const ProgressiveHeader& header, const PlaneLayout& layout)
      : header_(header),
        layout_(layout),
        units_across_(divided_up(layout.width, kBlockSide * layout.across)),
        units_down_(divided_up(layout.height, layout.band_rows())) {
    for (std::size_t i = 0; i < layout.planes; ++i)
      planes_.emplace_back(PlaneSides{
          divided_up(layout.plane_width(i), kBlockSide),
          divided_up(layout.plane_height(i), kBlockSide),
          units_across_ * unit_across(i), units_down_ * unit_down(i)});
  }

  bool read_scans(std::string_view data, std::size_t most_scans) {
    using Next = SegmentReader::Next;
    const SegmentReader segments(layout_.planes, header_.ids);
    ScanTables tables = header_.tables;
    ScanHeader scan = header_.scan;
    for (std::size_t i = 0; i < most_scans; ++i) {
      if (!accept(scan) || !read_scan(scan, tables, data)) return false;
      const Next next = segments.read(data, tables, scan);
      if (next == Next::kError) return false;
      if (next == Next::kEnd) break;
    }
    return std::all_of(planes_.begin(), planes_.end(),
                       [](const auto& plane) { return plane.whole(); });
  }

  void give_bands(PlanePixels& pixels) {
    std::vector<FastMultipliers> multipliers;
    for (std::size_t i = 0; i < layout_.planes; ++i)
      multipliers.push_back(fast_multipliers(header_.steps[i]));
    for (std::size_t band = 0; band < units_down_; ++band) {
      for (std::size_t i = 0; i < layout_.planes; ++i)
        for (std::size_t y = 0; y < unit_down(i); ++y)
          give_row(i, band * unit_down(i) + y, multipliers[i],
                   pixels.next_row(i, y * kBlockSide), pixels.row_bytes(i));
      pixels.add_band();
    }
    pixels.finish();
  }

 private:
  std::size_t unit_across(std::size_t plane) const {
    return plane == 0 ? layout_.across : 1;
  }
  std::size_t unit_down(std::size_t plane) const {
    return plane == 0 ? layout_.down : 1;
  }

  bool accept(const ScanHeader& scan) {
    if (!scan.all_planes) return planes_[scan.plane].accept(scan);
    // The first coefficients alone may come of several planes.
    if (scan.first > 0 && planes_.size() > 1) return false;
    return std::all_of(planes_.begin(), planes_.end(),
                       [&](auto& plane) { return plane.accept(scan); });
  }

  /// Afterwards `data` begin behind those of the scan.
  bool read_scan(const ScanHeader& scan, const ScanTables& tables,
                 std::string_view& data) {
    ScanBits bits(data);
    BlockReader reader(scan, bits.window);
    if (!reader.make_tables(tables, planes_.size())) return false;
    RestartCounter restarts(header_.restart_units);
    const auto begin_unit = [&] {
      if (restarts.due()) {
        if (!bits.pass(restarts.marker())) return false;
        reader.reset();
      }
      return true;
    };
    const bool read = scan.all_planes
                          ? read_units(bits, reader, begin_unit)
                          : read_plane(scan.plane, bits, reader, begin_unit);
    return read && bits.leave(data);
  }

  template <typename Begin>
  bool read_units(ScanBits& bits, BlockReader& reader, Begin begin_unit) {
    for (std::size_t unit = 0; unit < units_across_ * units_down_; ++unit) {
      if (!begin_unit() || !bits.ready()) return false;
      const std::size_t column = unit % units_across_;
      const std::size_t row = unit / units_across_;
      for (std::size_t i = 0; i < planes_.size(); ++i)
        for (std::size_t y = 0; y < unit_down(i); ++y)
          for (std::size_t x = 0; x < unit_across(i); ++x)
            if (!reader.read(i, planes_[i].block(column * unit_across(i) + x,
                                                 row * unit_down(i) + y)))
              return false;
    }
    return true;
  }

  template <typename Begin>
  bool read_plane(std::size_t i, ScanBits& bits, BlockReader& reader,
                  Begin begin_unit) {
    CoefficientPlane& plane = planes_[i];
    for (std::size_t y = 0; y < plane.sides().down; ++y)
      for (std::size_t x = 0; x < plane.sides().across; ++x)
        if (!begin_unit() || !bits.ready() ||
            !reader.read(i, plane.block(x, y)))
          return false;
    return true;
  }

  void give_row(std::size_t i, std::size_t y,
                const FastMultipliers& multipliers, std::uint8_t* out,
                std::size_t row_bytes) {
    for (std::size_t x = 0; x < planes_[i].sides().padded_across; ++x) {
      const CoefficientBlock block = planes_[i].block(x, y);
      if (block.mask == 0)
        fast_idct_of_one(block.values[0], multipliers, out, row_bytes);
      else
        fast_idct(block.values, multipliers, out, row_bytes);
      out += kBlockSide;
    }
  }

  const ProgressiveHeader& header_;
  const PlaneLayout& layout_;
  const std::size_t units_across_;
  const std::size_t units_down_;
  std::vector<CoefficientPlane> planes_;
};

}  // namespace

bool decode_progressive(const ProgressiveHeader& header,
                        const PlaneLayout& layout, std::string_view data,
                        std::size_t most_scans, PlanePixels& pixels) {
  ProgressiveDecoder decoder(header, layout);
  if (!decoder.read_scans(data, most_scans)) return false;
  decoder.give_bands(pixels);
  return true;
}

}  // namespace imsearch
