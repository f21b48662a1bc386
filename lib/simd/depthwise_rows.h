// The loops of depthwise.h over vectors of type V, for the file of each kind of
// CPU, which defines V in a namespace without name.
#pragma once

#include "simd/depthwise.h"

namespace imsearch::simd {

inline constexpr std::size_t kTaps = 3;  // a side

/// `Count` outputs from column `first` on, of the channels in one V: each value
/// is loaded once and serves up to three outputs. Sums and taps stay in
/// registers only where GCC unrolls all three loops.
template <typename V, std::size_t Count, std::size_t Stride>
inline void depthwise_tile(const DepthwiseRow& row, std::size_t channel,
                           const V (&taps)[kTaps * kTaps], std::size_t first) {
  V sums[Count];
  for (std::size_t o = 0; o < Count; ++o) sums[o] = V::load(row.bias + channel);
  // Wraps round below 0, which is outside as well.
  const std::size_t left = first * Stride - row.before;
#pragma GCC unroll 3
  for (std::size_t r = 0; r < kTaps; ++r) {
    if (row.rows[r] == nullptr) continue;
    const float* input = row.rows[r] + channel;
#pragma GCC unroll 32
    for (std::size_t c = 0; c < (Count - 1) * Stride + kTaps; ++c) {
      if (left + c >= row.width) continue;
      const V value = V::load(input + (left + c) * row.channels);
#pragma GCC unroll 16
      for (std::size_t o = 0; o < Count; ++o)
        if (c >= o * Stride && c < o * Stride + kTaps)
          sums[o] = V::fma(value, taps[r * kTaps + c - o * Stride], sums[o]);
    }
  }
  float* out = row.out + first * row.channels + channel;
  for (std::size_t o = 0; o < Count; ++o)
    V::store_clipped(out + o * row.channels, sums[o]);
}

/// All outputs, of the channels in one V.
template <typename V, std::size_t Count, std::size_t Stride>
inline void depthwise_channels(const DepthwiseRow& row, std::size_t channel) {
  V taps[kTaps * kTaps];
  for (std::size_t t = 0; t < kTaps * kTaps; ++t)
    taps[t] = V::load(row.taps + t * row.channels + channel);
  std::size_t o = 0;
  for (; o + Count <= row.out_width; o += Count)
    depthwise_tile<V, Count, Stride>(row, channel, taps, o);
  for (; o < row.out_width; ++o)
    depthwise_tile<V, 1, Stride>(row, channel, taps, o);
}

/// The whole row, `Count` outputs at a time.
template <typename V, std::size_t Count>
void depthwise_row(const DepthwiseRow& row) {
  for (std::size_t c = 0; c < row.channels; c += V::kLanes) {
    if (row.stride == 1)
      depthwise_channels<V, Count, 1>(row, c);
    else
      depthwise_channels<V, Count, 2>(row, c);
  }
}

}  // namespace imsearch::simd
