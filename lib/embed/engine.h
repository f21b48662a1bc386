// Runs a network: images in, rows out. One interface for the built-in network
// on oneDNN, the same on libtorch, and any TorchScript module.
#pragma once

#include "base/error.h"
#include "weights/weights.h"

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace imsearch {

/// The device failed, not one image: no other image would do better.
struct DeviceError : Error {
  using Error::Error;
};

/// One replica of a network. Not thread-safe: each network thread has its own
/// (clone()), which may share the constant weights.
class Engine {
 public:
  virtual ~Engine() = default;

  /// Floats of a feature.
  virtual std::size_t dim() const = 0;

  /// `input`: what preprocess() wrote for one image. Writes dim() floats. The
  /// result depends on the input alone. Throws Error, DeviceError.
  virtual void embed(const float* input, float* feature) = 0;

  /// How many images it wants at a time; more than 1 where a device is to be
  /// filled.
  virtual std::size_t batch() const { return 1; }

  /// embed() for up to batch() images at once: features[i] of inputs[i]. Throws
  /// Error, DeviceError; then no feature counts.
  virtual void embed_batch(const std::vector<const float*>& inputs,
                           const std::vector<float*>& features) {
    for (std::size_t i = 0; i < inputs.size(); ++i)
      embed(inputs[i], features[i]);
  }

  /// How many replicas to run on so many threads: one on each, unless they
  /// share a device.
  virtual unsigned replicas(unsigned threads) const { return threads; }

  virtual std::unique_ptr<Engine> clone() const = 0;
};

/// MobileNetV2 with global average pooling on oneDNN (onednn_engine.cpp; link
/// imsearch_embed_onednn). Single-threaded: callers run several replicas, which
/// share the weights. Throws Error.
std::unique_ptr<Engine> make_onednn_engine(const Weights& weights);

/// The same in 8-bit integers (int8_engine.cpp; link imsearch_embed_int8):
/// about three times as fast where a CPU multiplies bytes, and features that
/// are nearly the same; these are the same bits on every CPU.
std::unique_ptr<Engine> make_int8_engine(const Weights& weights);

enum class Device { kCpu, kCuda };

/// Where libtorch runs a network.
struct TorchParams {
  Device device = Device::kCpu;
  std::size_t batch = 1;  // images at a time; a device wants to be filled
};

/// MobileNetV2 on libtorch, slower to start and to run on a CPU: what the
/// oneDNN engine is tested against (torch_engine.cpp; link
/// imsearch_embed_torch, the only library that links libtorch). Single-threaded
/// likewise. Tells malloc to keep freed blocks of up to 32 MB, for the whole
/// process. Throws Error, also where libtorch has no such device.
std::unique_ptr<Engine> make_torch_engine(const Weights& weights,
                                          const TorchParams& params = {});

/// Any network: the TorchScript module in the file `path`, whose forward takes
/// images (n, 3, input_size, input_size) of float32 and returns (n, dim) or (n,
/// dim, 1, 1) of float32 (script_engine.cpp, same library). dim is found by
/// running it. All replicas run the one module, which must not change itself.
/// Throws Error: what the file is instead, what the module returns instead.
std::unique_ptr<Engine> make_script_engine(const std::string& path,
                                           std::size_t input_size,
                                           const TorchParams& params = {});

}  // namespace imsearch
