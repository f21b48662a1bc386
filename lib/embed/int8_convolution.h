// MobileNetV2's convolutions with weights of 8 bits, as lib/simd runs them.
//
// A channel of output has a step of its own: its largest weight is 127 of them.
// What ReLU6 clips is put out as bytes of 6 / 255 each, so that to cut a byte
// to 0..255 is to clip; what it does not clip is put out as floats. Everything
// here is computed in double from the weights alone, so it is the same on any
// CPU.
#pragma once

#include "embed/layer.h"
#include "simd/kernels.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace imsearch {

/// What one of 255 steps from 0 to 6 is.
inline constexpr float kClippedStep = 6.0F / 255.0F;
/// What stands for 0 in bytes that may be negative.
inline constexpr std::int32_t kSignedZero = 128;

/// Bytes aligned as vector instructions like them, zeros at first.
class AlignedBytes {
 public:
  AlignedBytes() = default;
  explicit AlignedBytes(std::size_t size)
      : lines_((size + kLine - 1) / kLine) {}
  template <typename T>
  T* as() {
    return reinterpret_cast<T*>(lines_.data());
  }
  template <typename T>
  const T* as() const {
    return reinterpret_cast<const T*>(lines_.data());
  }

 private:
  static constexpr std::size_t kLine = 64;
  struct alignas(kLine) Line {
    unsigned char bytes[kLine];
  };
  std::vector<Line> lines_;
};

/// A dense convolution. One of 3 x 3 takes windows: the 3 rows of 3 pixels side
/// by side, and bytes of any value up to a multiple of four. Immutable.
class Int8Convolution {
 public:
  /// `zero` stands for 0 in its input; `out_step`: what it puts out is in steps
  /// of that.
  Int8Convolution(const Convolution& conv, const FoldedConvolution& folded,
                  std::int32_t zero, float out_step);

  std::size_t in_bytes() const { return in_bytes_; }  // of a pixel or window
  std::size_t out() const { return out_; }
  /// Floats of scales that a run needs.
  std::size_t scale_floats() const { return factors_.size(); }

  /// Writes the scales for an input whose bytes are steps of `in_step`.
  void write_scales(float in_step, float* scales) const;

  simd::Int8Dense job(const std::uint8_t* in, std::size_t pixels,
                      const float* scales) const;

 private:
  std::size_t in_bytes_;
  std::size_t out_;
  AlignedBytes weights_;
  std::vector<std::int32_t> start_;
  std::vector<std::int32_t> start_signed_;
  std::vector<float> factors_;  // a weight's step in steps of the output
  std::vector<float> bias_;     // in steps of the output
};

/// A depthwise one, from bytes of kClippedStep to the same. Immutable.
class Int8Depthwise {
 public:
  Int8Depthwise(const Convolution& conv, const FoldedConvolution& folded);

  std::size_t channels() const { return channels_; }
  /// All but where it reads and writes.
  simd::Int8DepthwiseRow row() const;

 private:
  std::size_t channels_;
  std::size_t stride_;
  AlignedBytes taps_;
  std::vector<float> scale_;
  std::vector<float> bias_;
};

}  // namespace imsearch
