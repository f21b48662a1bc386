// Huffman codes of a baseline JPEG, decoded by tables that give two
// coefficients at a time, each with its value and not only with its size: code
// and value of two coefficients are often shorter together than a table's
// index. What is rare, takes a slower way; what is wrong, is not decoded.
#pragma once

#include "image/jpeg_bits.h"

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace imsearch {

inline constexpr std::size_t kBlockSize = 64;

/// Code words as a DHT segment gives them: how many there are of each length
/// from 1 to 16, and what each stands for, in ascending order.
struct HuffmanCode {
  std::array<std::uint8_t, 17> counts = {};  // the first is not used
  std::array<std::uint8_t, 256> symbols = {};
};

/// Zigzag order, from low to high frequencies along the diagonals, to natural
/// order; what lies beyond the block, to the place behind it.
inline constexpr std::size_t kPlaces = 256;
constexpr std::array<std::uint8_t, kPlaces> natural_places() {
  std::array<std::uint8_t, kPlaces> places = {};
  for (std::size_t i = kBlockSize; i < kPlaces; ++i) places[i] = kBlockSize;
  constexpr std::size_t kSide = 8;
  std::size_t next = 0;
  for (std::size_t diagonal = 0; diagonal < 2 * kSide - 1; ++diagonal)
    for (std::size_t i = 0; i <= diagonal; ++i) {
      const std::size_t down = diagonal % 2 == 0 ? diagonal - i : i;
      const std::size_t across = diagonal - down;
      if (down < kSide && across < kSide)
        places[next++] = static_cast<std::uint8_t>(down * kSide + across);
    }
  return places;
}
inline constexpr auto kNaturalPlace = natural_places();

/// What a code word and the bits behind it say.
struct Coefficient {
  /// From the coefficient before, in zigzag order: 1 and the zeros between; 16
  /// zeros are a coefficient, too. Of an end of the block: kEndOfBlock, and of
  /// kRuns, how many bits that say of how many blocks come next.
  unsigned steps = 0;
  int value = 0;
};
inline constexpr unsigned kEndOfBlock = 128;

/// A code for the first coefficients of blocks (DC), or for the others (AC), of
/// which progressive files end runs of blocks together.
class HuffmanTable {
 public:
  enum class Kind { kFirst, kOthers, kRuns };

  /// Nothing where libjpeg would refuse the code.
  static std::optional<HuffmanTable> make(const HuffmanCode& code, Kind kind);

  /// At least 32 bits must be ready. False where no word begins like them.
  bool read(BitWindow& window, Coefficient& out) const {
    const Single& single = singles_[window.peek(kIndexBits)];
    if (single.bits == 0 || single.size != 0)
      return read_rare(window, single, out);
    window.skip(single.bits);
    out = {single.steps, single.value};
    return true;
  }

  enum class Others { kDamaged, kNone, kSome };
  /// Reads all coefficients of a block but the first into their places in
  /// `block`, natural order, which must be zero before and has one place more.
  /// Of kOthers.
  Others read_others(BitWindow& window, std::int16_t* block) const;

 private:
  // What the next kIndexBits bits say; all of it is 0 where they are not even a
  // word.
  static constexpr int kIndexBits = 11;
  struct Single {
    std::uint8_t bits = 0;  // of the word and its value
    std::uint8_t steps = 0;
    std::uint8_t size =
        0;  // of a value that doesn't fit: `bits` are the word's
    std::int16_t value = 0;
  };
  // Two coefficients, or one twice if the second doesn't fit, or none.
  struct Pair {
    std::uint8_t bits = 0;
    std::uint8_t second_bits = 0;
    std::uint8_t steps = 0;
    std::uint8_t second_steps = 0;
    std::int16_t value = 0;
    std::int16_t second_value = 0;
  };

  explicit HuffmanTable(Kind kind) : kind_(kind) {}
  bool add_words(const HuffmanCode& code);
  void add_word(std::uint32_t word, int bits, std::uint8_t symbol);
  void add_pairs();
  Single single_of(std::uint8_t symbol) const;
  bool read_rare(BitWindow& window, Single single, Coefficient& out) const;
  bool read_long_word(BitWindow& window, Single& out) const;

  Kind kind_;
  std::vector<Single> singles_;
  std::vector<Pair> pairs_;  // of kOthers
  // Of words of each length: the first 16-bit number that begins with none of
  // them or of the shorter ones, and where they are among all symbols, their
  // first word taken off.
  std::array<std::uint32_t, 17> ends_ = {};
  std::array<std::int32_t, 17> offsets_ = {};
  std::array<std::uint8_t, 256> symbols_ = {};
};

}  // namespace imsearch
