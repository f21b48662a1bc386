// Runs a network: images in, rows out.
#pragma once

#include "base/error.h"
#include "embed/weights.h"

#include <cstddef>
#include <memory>
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

  /// The same for up to batch() images: features[i] of inputs[i]. Throws Error,
  /// DeviceError; then no feature counts.
  virtual void embed_batch(const std::vector<const float*>& inputs,
                           const std::vector<float*>& features) {
    for (std::size_t i = 0; i < inputs.size(); ++i)
      embed(inputs[i], features[i]);
  }

  virtual std::unique_ptr<Engine> clone() const = 0;
};

/// MobileNetV2 with global average pooling on oneDNN (onednn_engine.cpp; link
/// imsearch_embed_onednn). Single-threaded: callers run several replicas, which
/// share the weights. Throws Error.
std::unique_ptr<Engine> make_onednn_engine(const Weights& weights);

/// The same network on libtorch, slower to start and to run: what the other is
/// tested against (torch_engine.cpp, the only file that includes it; link
/// imsearch_embed_torch). Single-threaded likewise. Tells malloc to keep freed
/// blocks of up to 32 MB, for the whole process. Throws Error.
std::unique_ptr<Engine> make_torch_engine(const Weights& weights);

}  // namespace imsearch
