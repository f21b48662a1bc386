// The loops of a depthwise int8 row over vectors of kind V, for the file of
// each kind of CPU, which defines V in a namespace without name:
//
//   kLanes        sums in one vector: 8 or 16; four hold a piece of channels
//   Bytes         a byte of each channel of a piece
//   Quads         four bytes of each of kLanes channels, unsigned
//   Taps          four taps of each, signed
//   load_bytes(from, count), store_bytes(to, floats[4], count)
//   interleave(first, second, third, quads[4]): in the order in which
//   store_bytes() takes sums; the fourth byte is 0
//   zero(), load_taps(), dot(sum, quads, taps), load_floats(), to_floats()
//
// The bytes of three rows are interleaved, so that a quad holds a column of one
// channel. Each column is interleaved once, and multiplied for the outputs that
// it is the left, the middle and the right column of.
#pragma once

#include "simd/int8_layers.h"
#include "simd/unrolled.h"

namespace imsearch::simd {

/// One piece of channels of a row.
template <typename V>
class Int8DepthwiseColumns {
 public:
  static constexpr std::size_t kPiece = 4 * V::kLanes;  // channels

  IMSEARCH_INLINE Int8DepthwiseColumns(const Int8DepthwiseRow& row,
                                       std::size_t channel)
      : row_(row),
        channel_(channel),
        count_(row.channels - channel < kPiece ? row.channels - channel
                                               : kPiece) {
    const std::int8_t* taps = row.taps + block() * 3 * 4;
    unrolled<3>([&](auto c) IMSEARCH_INLINE {
      unrolled<4>([&](auto v) IMSEARCH_INLINE {
        taps_[c][v] =
            V::load_taps(taps + (c * kInt8DepthwiseBlock + place(v)) * 4);
      });
    });
  }

  IMSEARCH_INLINE void run() const {
    if (row_.stride == 1)
      run_by_one();
    else
      run_by_two();
  }

 private:
  using Sums = typename V::Sum[4];
  using Column = typename V::Quads[4];

  IMSEARCH_INLINE std::size_t block() const {
    return channel_ - channel_ % kInt8DepthwiseBlock;
  }
  /// Where vector v stands in its block.
  IMSEARCH_INLINE std::size_t place(std::size_t v) const {
    return v * 16 + channel_ % kInt8DepthwiseBlock / 16 * 4;
  }

  IMSEARCH_INLINE typename V::Bytes bytes(std::size_t r, std::size_t x) const {
    // Rows and columns outside are zeros.
    const bool inside = row_.rows[r] != nullptr && x < row_.width;
    return V::load_bytes(
        inside ? row_.rows[r] + x * row_.channels + channel_ : nullptr, count_);
  }

  IMSEARCH_INLINE void load_column(std::size_t x, Column& column) const {
    V::interleave(bytes(0, x), bytes(1, x), bytes(2, x), column);
  }

  /// sums = start + column * taps.
  IMSEARCH_INLINE void multiply(const Sums& start, const Column& column,
                                std::size_t tap, Sums& sums) const {
    unrolled<4>([&](auto v) IMSEARCH_INLINE {
      sums[v] = V::dot(start[v], column[v], taps_[tap][v]);
    });
  }

  IMSEARCH_INLINE void store(std::size_t o, const Sums& sums) const {
    typename V::Floats values[4];
    unrolled<4>([&](auto v) IMSEARCH_INLINE {
      const std::size_t at = block() + place(v);
      values[v] = V::to_floats(sums[v], V::load_floats(row_.scale + at),
                               V::load_floats(row_.bias + at));
    });
    V::store_interleaved(row_.out + o * row_.channels + channel_, values,
                         count_);
  }

  IMSEARCH_INLINE static void clear(Sums& sums) {
    unrolled<4>([&](auto v) IMSEARCH_INLINE { sums[v] = V::zero(); });
  }

  /// Each column ends an output, continues the next and begins the one after.
  IMSEARCH_INLINE void run_by_one() const {
    Sums zero;
    clear(zero);
    Sums ending;
    Sums going_on;
    Column column;
    std::size_t x = 0;
    clear(ending);
    // With a column outside before it, an image's first is the middle one.
    if (row_.before == 0) {
      load_column(x++, column);
      multiply(zero, column, 0, ending);
    }
    load_column(x++, column);
    multiply(ending, column, 1, ending);
    multiply(zero, column, 0, going_on);
    for (std::size_t o = 0; o < row_.out_width; ++o) {
      load_column(x++, column);
      multiply(ending, column, 2, ending);
      store(o, ending);
      multiply(going_on, column, 1, ending);
      multiply(zero, column, 0, going_on);
    }
  }

  /// Every other column ends an output and begins the next.
  IMSEARCH_INLINE void run_by_two() const {
    Sums zero;
    clear(zero);
    Sums sums;
    clear(sums);
    Column column;
    std::size_t x = 0;
    if (row_.before == 0) {
      load_column(x++, column);
      multiply(zero, column, 0, sums);
    }
    for (std::size_t o = 0; o < row_.out_width; ++o) {
      load_column(x++, column);
      multiply(sums, column, 1, sums);
      load_column(x++, column);
      multiply(sums, column, 2, sums);
      store(o, sums);
      multiply(zero, column, 0, sums);
    }
  }

  const Int8DepthwiseRow& row_;
  std::size_t channel_;
  std::size_t count_;
  typename V::Taps taps_[3][4];
};

/// The function of Int8Layers.
template <typename V>
void int8_depthwise_row(const Int8DepthwiseRow& row) {
  constexpr std::size_t kPiece = Int8DepthwiseColumns<V>::kPiece;
  for (std::size_t c = 0; c < row.channels; c += kPiece)
    Int8DepthwiseColumns<V>(row, c).run();
}

}  // namespace imsearch::simd
