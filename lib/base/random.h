// Random numbers that are the same on every machine: the standard fixes what
// std::mt19937_64 gives, but not what its distributions make of it.
#pragma once

#include <cstdint>
#include <random>

namespace imsearch {

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  /// Evenly one of 0 … bound - 1 (bound > 0).
  std::uint64_t below(std::uint64_t bound) {
    // Values under 2^64 mod bound would favour the small results.
    const std::uint64_t unfair = (0 - bound) % bound;
    std::uint64_t value = engine_();
    while (value < unfair) value = engine_();
    return value % bound;
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace imsearch
