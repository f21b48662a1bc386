// Loops that are written out by the compiler before it decides what stays in
// registers. GCC unrolls a loop that a pragma asks it to unroll too late for
// that: arrays of vectors which it indexes then live in memory.
#pragma once

#include <cstddef>

// Everything that takes or returns vectors of one kind of CPU is inlined, so
// that no copy is left that the linker could keep for all. Of lambdas:
// [&](auto i) IMSEARCH_INLINE {…}.
#define IMSEARCH_INLINE __attribute__((always_inline))

namespace imsearch::simd {

/// A number that is known when compiling.
template <std::size_t I>
struct Index {
  IMSEARCH_INLINE constexpr operator std::size_t() const { return I; }
};

/// body(Index<0>{}) to body(Index<N - 1>{}).
template <std::size_t N, std::size_t I = 0, typename Body>
IMSEARCH_INLINE inline void unrolled(const Body& body) {
  if constexpr (I < N) {
    body(Index<I>{});
    unrolled<N, I + 1>(body);
  }
}

}  // namespace imsearch::simd
