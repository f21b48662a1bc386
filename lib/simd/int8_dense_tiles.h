// The loops of a dense int8 layer over vectors of kind V, for the file of each
// kind of CPU, which defines V in a namespace without name:
//
//   kLanes             sums in one vector: 4, 8 or 16
//   kBlocks            the most blocks of 16 output channels at a time
//   pixels(blocks)     how many pixels then, at most
//   kSigned            whether inputs are taken less 128
//   Sum, Input, Weights, Floats
//   load_sum(), load_input() (four bytes, for every lane), load_weights(),
//   dot(sum, input, weights), load_floats(), to_floats(sum, scale, bias),
//   add(a, b), no_floats() (zeros), larger(a, b) (by magnitude),
//   largest_lane(), first(floats, count) (zeros behind), load_some(from,
//   count), store_floats(to, floats, count), store_bytes<N>(to, floats[N],
//   count), where N vectors hold whole blocks and count, a multiple of 8, may
//   end in the middle of the last
//
// A tile of some pixels and some output channels keeps its sums in registers:
// each vector of weights serves all its pixels, and each four input channels of
// a pixel all its output channels.
#pragma once

#include "simd/int8_layers.h"
#include "simd/unrolled.h"

namespace imsearch::simd {

template <typename V>
class Int8DenseTiles {
 public:
  /// Runs the layer; `out` is one of the two below.
  template <typename Out>
  static void run(const Int8Dense& job, Out& out) {
    const std::size_t blocks =
        (job.out_channels + kInt8DenseBlock - 1) / kInt8DenseBlock;
    // Groups of blocks that are about equal, and as large as registers allow.
    std::size_t groups = (blocks + V::kBlocks - 1) / V::kBlocks;
    for (std::size_t block = 0; groups > 0; --groups) {
      const std::size_t some = (blocks - block + groups - 1) / groups;
      run_blocks<V::kBlocks>(job, block * kInt8DenseBlock, some, out);
      block += some;
    }
  }

  /// What becomes of the sums of M pixels, of which N vectors of output
  /// channels begin at `at`, `count` channels of them: bytes.
  struct ToBytes {
    std::uint8_t* out;

    template <std::size_t M, std::size_t N>
    IMSEARCH_INLINE void take(const Int8Dense& job, std::size_t at,
                              typename V::Floats (&values)[M][N],
                              std::size_t count) {
      const typename V::ByteMask mask = V::byte_mask(count);
      unrolled<M>([&](auto m) IMSEARCH_INLINE {
        V::template store_bytes<N>(out + at + m * job.out_channels, values[m],
                                   mask);
      });
    }
  };

  /// Floats, to which those in their place are added.
  template <bool kAdds>
  struct ToFloats {
    float* out;
    typename V::Floats largest;

    /// All are loaded before any is stored: a vector that is stored in part
    /// holds back loads from behind it.
    template <std::size_t M, std::size_t N>
    IMSEARCH_INLINE void take(const Int8Dense& job, std::size_t at,
                              typename V::Floats (&values)[M][N],
                              std::size_t count) {
      typename V::Mask masks[N];
      unrolled<N>([&](auto n) IMSEARCH_INLINE {
        const std::size_t before = n * V::kLanes;
        masks[n] = V::mask(count < before ? 0 : count - before);
        unrolled<M>([&](auto m) IMSEARCH_INLINE {
          const float* here = out + at + m * job.out_channels + before;
          typename V::Floats& value = values[m][n];
          value = V::first(value, masks[n]);
          if (kAdds) value = V::add(value, V::load_some(here, masks[n]));
          largest = V::larger(value, largest);
        });
      });
      unrolled<M>([&](auto m) IMSEARCH_INLINE {
        unrolled<N>([&](auto n) IMSEARCH_INLINE {
          V::store_floats(out + at + m * job.out_channels + n * V::kLanes,
                          values[m][n], masks[n]);
        });
      });
    }
  };

 private:
  /// Vectors of a block.
  static constexpr std::size_t kVectors = kInt8DenseBlock / V::kLanes;

  /// `blocks` <= B blocks of output channels from `channel` on.
  template <std::size_t B, typename Out>
  static void run_blocks(const Int8Dense& job, std::size_t channel,
                         std::size_t blocks, Out& out) {
    if (blocks == B)
      run_pixels<V::pixels(B), B>(job, channel, out);
    else if constexpr (B > 1)
      run_blocks<B - 1>(job, channel, blocks, out);
  }

  /// All pixels, in tiles of at most M that are about equal.
  template <std::size_t M, std::size_t B, typename Out>
  static void run_pixels(const Int8Dense& job, std::size_t channel, Out& out) {
    std::size_t tiles = (job.pixels + M - 1) / M;
    for (std::size_t pixel = 0; tiles > 0; --tiles) {
      const std::size_t some = (job.pixels - pixel + tiles - 1) / tiles;
      run_some<M, B>(job, pixel, some, channel, out);
      pixel += some;
    }
  }

  /// One tile of `pixels` <= M pixels.
  template <std::size_t M, std::size_t B, typename Out>
  IMSEARCH_INLINE static void run_some(const Int8Dense& job, std::size_t pixel,
                                       std::size_t pixels, std::size_t channel,
                                       Out& out) {
    if (pixels == M)
      run_tile<M, B * kVectors>(job, pixel, channel, out);
    else if constexpr (M > 1)
      run_some<M - 1, B>(job, pixel, pixels, channel, out);
  }

  template <std::size_t M, std::size_t N, typename Out>
  IMSEARCH_INLINE static void run_tile(const Int8Dense& job, std::size_t pixel,
                                       std::size_t channel, Out& out) {
    typename V::Sum sums[M][N];
    add_up(job, job.in + pixel * job.in_channels, channel, sums);
    typename V::Floats values[M][N];
    unrolled<N>([&](auto n) IMSEARCH_INLINE {
      const std::size_t first = channel + n * V::kLanes;
      const typename V::Floats scale = V::load_floats(job.scale + first);
      const typename V::Floats bias = V::load_floats(job.bias + first);
      unrolled<M>([&](auto m) IMSEARCH_INLINE {
        values[m][n] = V::to_floats(sums[m][n], scale, bias);
      });
    });
    const std::size_t left = job.out_channels - channel;
    out.take(job, pixel * job.out_channels + channel, values,
             left < N * V::kLanes ? left : N * V::kLanes);
  }

  /// The sums of M pixels from `in` on and N vectors of output channels from
  /// `channel` on.
  template <std::size_t M, std::size_t N>
  IMSEARCH_INLINE static void add_up(const Int8Dense& job,
                                     const std::uint8_t* in,
                                     std::size_t channel,
                                     typename V::Sum (&sums)[M][N]) {
    const std::size_t channels = job.in_channels;
    const std::int8_t* weights = job.weights + channel * channels;
    const std::int32_t* start =
        (V::kSigned ? job.start_signed : job.start) + channel;
    unrolled<N>([&](auto n) IMSEARCH_INLINE {
      const typename V::Sum from = V::load_sum(start + n * V::kLanes);
      unrolled<M>([&](auto m) IMSEARCH_INLINE { sums[m][n] = from; });
    });
    std::size_t k = 0;
    // Not a loop that could have no round: GCC 12 would store sums in each.
    do {
      typename V::Weights w[N];
      unrolled<N>([&](auto n) IMSEARCH_INLINE {
        w[n] = V::load_weights(weights +
                               (n / kVectors * channels + k) * kInt8DenseBlock +
                               n % kVectors * V::kLanes * 4);
      });
      unrolled<M>([&](auto m) IMSEARCH_INLINE {
        const typename V::Input input = V::load_input(in + m * channels + k);
        unrolled<N>([&](auto n) IMSEARCH_INLINE {
          sums[m][n] = V::dot(sums[m][n], input, w[n]);
        });
      });
      k += 4;
    } while (k < channels);
  }
};

/// The functions of Int8Layers.
template <typename V>
void int8_dense(const Int8Dense& job, std::uint8_t* out) {
  typename Int8DenseTiles<V>::ToBytes bytes{out};
  Int8DenseTiles<V>::run(job, bytes);
}

template <typename V, bool kAdds>
float int8_dense_float(const Int8Dense& job, float* out) {
  typename Int8DenseTiles<V>::template ToFloats<kAdds> floats{out,
                                                              V::no_floats()};
  Int8DenseTiles<V>::run(job, floats);
  return V::largest_lane(floats.largest);
}

template <typename V>
float int8_dense_float(const Int8Dense& job, bool adds, float* out) {
  return adds ? int8_dense_float<V, true>(job, out)
              : int8_dense_float<V, false>(job, out);
}

}  // namespace imsearch::simd
