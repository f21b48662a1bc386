// The tables are indexed by 11 bits: with more they leave the processor's
// first cache, with fewer they hold fewer pairs.
#include "image/jpeg_huffman.h"

#include <numeric>

namespace imsearch {
namespace {

constexpr unsigned kLast = kBlockSize - 1;
constexpr int kLongest = 16;     // bits of a word
constexpr unsigned kZeros = 15;  // the run of a word without a value

/// The value of `size` bits: those of negative ones are one's complements.
int value_of(std::uint32_t bits, int size) {
  if (size == 0) return 0;
  const int value = static_cast<int>(bits);
  return value < 1 << (size - 1) ? value + 1 - (1 << size) : value;
}

}  // namespace

std::optional<HuffmanTable> HuffmanTable::make(const HuffmanCode& code,
                                               Kind kind) {
  HuffmanTable table(kind);
  if (!table.add_words(code)) return std::nullopt;
  if (kind == Kind::kOthers) table.add_pairs();
  return table;
}

bool HuffmanTable::add_words(const HuffmanCode& code) {
  constexpr std::uint8_t kLargestFirst = 15;
  if (std::accumulate(code.counts.begin() + 1, code.counts.end(), 0) > 256)
    return false;
  singles_.resize(std::size_t{1} << kIndexBits);
  symbols_ = code.symbols;
  std::uint32_t word = 0;
  std::int32_t used = 0;
  for (int bits = 1; bits <= kLongest; ++bits) {
    const auto i = static_cast<std::size_t>(bits);
    offsets_[i] = used - static_cast<std::int32_t>(word);
    for (int n = 0; n < code.counts[i]; ++n, ++used, ++word) {
      // Longer ones have no word of ones alone, and nothing lies behind it.
      if (word + 1 >= 1U << bits) return false;
      const std::uint8_t symbol = symbols_[static_cast<std::size_t>(used)];
      if (kind_ == Kind::kFirst && symbol > kLargestFirst) return false;
      if (bits <= kIndexBits) add_word(word, bits, symbol);
    }
    ends_[i] = word << (kLongest - bits);
    word <<= 1;
  }
  return true;
}

void HuffmanTable::add_word(std::uint32_t word, int bits, std::uint8_t symbol) {
  Single single = single_of(symbol);
  const int free = kIndexBits - bits;
  const int size = single.size;
  const bool fits = size <= free;
  single.bits = static_cast<std::uint8_t>(fits ? bits + size : bits);
  if (fits) single.size = 0;
  for (std::uint32_t rest = 0; rest < 1U << free; ++rest) {
    if (fits)
      single.value =
          static_cast<std::int16_t>(value_of(rest >> (free - size), size));
    singles_[word << free | rest] = single;
  }
}

HuffmanTable::Single HuffmanTable::single_of(std::uint8_t symbol) const {
  Single single;
  if (kind_ == Kind::kFirst) {
    single.size = symbol;
    return single;
  }
  const unsigned zeros = symbol >> 4;
  single.size = symbol & 15;
  if (single.size != 0 || zeros == kZeros)
    single.steps = static_cast<std::uint8_t>(zeros + 1);
  else
    single.steps = static_cast<std::uint8_t>(
        kEndOfBlock + (kind_ == Kind::kRuns ? zeros : 0));
  return single;
}

void HuffmanTable::add_pairs() {
  pairs_.resize(singles_.size());
  for (std::size_t i = 0; i < pairs_.size(); ++i) {
    const Single& first = singles_[i];
    if (first.bits == 0 || first.size != 0) continue;
    pairs_[i] = {first.bits, 0, first.steps, 0, first.value, first.value};
    const Single& second = singles_[i << first.bits & (singles_.size() - 1)];
    if (first.steps == kEndOfBlock || second.bits == 0 || second.size != 0 ||
        first.bits + second.bits > kIndexBits)
      continue;
    pairs_[i].bits = static_cast<std::uint8_t>(first.bits + second.bits);
    pairs_[i].second_bits = second.bits;
    pairs_[i].second_steps = second.steps;
    pairs_[i].second_value = second.value;
  }
}

bool HuffmanTable::read_long_word(BitWindow& window, Single& out) const {
  const std::uint32_t next = window.peek(kLongest);
  for (int bits = kIndexBits + 1; bits <= kLongest; ++bits) {
    const auto i = static_cast<std::size_t>(bits);
    if (next >= ends_[i]) continue;
    const auto word = static_cast<std::int32_t>(next >> (kLongest - bits));
    out = single_of(symbols_[static_cast<std::uint32_t>(word + offsets_[i])]);
    out.bits = static_cast<std::uint8_t>(bits);
    return true;
  }
  return false;
}

bool HuffmanTable::read_rare(BitWindow& window, Single single,
                             Coefficient& out) const {
  if (single.bits == 0 && !read_long_word(window, single)) return false;
  window.skip(single.bits);
  out = {single.steps, value_of(window.take(single.size), single.size)};
  return true;
}

HuffmanTable::Others HuffmanTable::read_others(BitWindow& shared,
                                               std::int16_t* block) const {
  // As many fit between two refills.
  constexpr int kReads = BitWindow::kReady / kIndexBits;
  BitWindow window = shared;
  unsigned at = 0;
  const Pair* pair = nullptr;
  do {
    window.refill();
    for (int i = 0; i < kReads; ++i) {
      pair = &pairs_[window.peek(kIndexBits)];
      if (pair->bits == 0) break;
      window.skip(pair->bits);
      at += pair->steps;
      block[kNaturalPlace[at]] = pair->value;
      at += pair->second_steps;
      block[kNaturalPlace[at]] = pair->second_value;
      if (at >= kLast) break;
    }
    if (pair->bits == 0) {
      window.refill();
      Coefficient rare;
      if (!read(window, rare)) return Others::kDamaged;
      at += rare.steps;
      block[kNaturalPlace[at]] = static_cast<std::int16_t>(rare.value);
    }
  } while (at < kLast);
  // A second one behind the last of a block belongs to the next block.
  if (at - pair->second_steps >= kLast && pair->second_steps != 0) {
    at -= pair->second_steps;
    window.back(pair->second_bits);
  }
  shared = window;
  if (at == kEndOfBlock) return Others::kNone;
  return at == kLast || at > kEndOfBlock ? Others::kSome : Others::kDamaged;
}

}  // namespace imsearch
