#include "embed/engine.h"

#include "base/error.h"
#include "embed/fold.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>

#include <malloc.h>

#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

namespace imsearch {
namespace {

constexpr float kClip = 6.0F;  // ReLU6

/// One convolution, ready to run, its batch norm folded in.
struct Layer {
  at::Tensor weight;  // (out, in or 1, height, width), channels last in memory
  at::Tensor bias;
  std::int64_t kernel = 1;
  std::int64_t stride = 1;
  std::int64_t groups = 1;
  bool clipped = false;
  bool begins_block = false;
  bool adds_input = false;
};

struct Network {
  std::vector<Layer> layers;
  Variant variant = Variant::kKeras;
  std::int64_t input_size = 0;
};

/// Calls `run` and turns libtorch's exceptions into ours. Their first line says
/// what is wrong, the rest is a stack trace.
template <typename Run>
auto translated(const char* what, const Run& run) {
  try {
    return run();
  } catch (const c10::Error& e) {
    const std::string text = e.what_without_backtrace();
    fail("{}: libtorch: {}", what, text.substr(0, text.find('\n')));
  }
}

at::Tensor tensor_of(const std::vector<float>& values,
                     const std::vector<std::size_t>& shape) {
  const std::vector<std::int64_t> extents(shape.begin(), shape.end());
  at::Tensor tensor = at::empty(extents, at::kFloat);
  std::memcpy(tensor.data_ptr<float>(), values.data(),
              values.size() * sizeof(float));
  return tensor;
}

Layer make_layer(const Convolution& conv, const Weights& weights) {
  const FoldedConvolution folded = fold_batch_norm(conv, weights);
  Layer layer;
  layer.weight = tensor_of(folded.kernel, conv.weight_shape())
                     .contiguous(at::MemoryFormat::ChannelsLast);
  layer.bias = tensor_of(folded.bias, {conv.out});
  layer.kernel = static_cast<std::int64_t>(conv.kernel);
  layer.stride = static_cast<std::int64_t>(conv.stride);
  layer.groups = conv.depthwise ? static_cast<std::int64_t>(conv.in) : 1;
  layer.clipped = conv.clipped;
  layer.begins_block = conv.begins_block;
  layer.adds_input = conv.adds_input;
  return layer;
}

/// Keras' padding at stride 2 (correct_pad in keras_applications): nothing
/// above and left of an even side, one pixel of an odd one; one below and
/// right.
at::Tensor padded_as_keras(const at::Tensor& x) {
  const std::int64_t above = x.size(2) % 2;
  const std::int64_t left = x.size(3) % 2;
  return at::constant_pad_nd(x, {left, 1, above, 1});
}

/// oneDNN is asked for by name: at::conv2d would give 1x1 and depthwise layers
/// to the BLAS library, which on a plain Debian is the reference one, ten times
/// slower. Channels last spares it the reordering of every layer's output.
at::Tensor convolve(const at::Tensor& input, const Layer& layer,
                    Variant variant) {
  const bool uneven =
      layer.kernel == 3 && layer.stride == 2 && variant == Variant::kKeras;
  const std::int64_t padding = layer.kernel == 3 && !uneven ? 1 : 0;
  at::Tensor output = at::mkldnn_convolution(
      uneven ? padded_as_keras(input) : input, layer.weight, layer.bias,
      {padding, padding}, {layer.stride, layer.stride}, {1, 1}, layer.groups);
  if (layer.clipped) output.clamp_(0.0F, kClip);
  return output;
}

at::Tensor forward(const Network& network, at::Tensor x) {
  at::Tensor shortcut;
  for (const Layer& layer : network.layers) {
    if (layer.begins_block) shortcut = x;
    x = convolve(x, layer, network.variant);
    if (layer.adds_input) x.add_(shortcut);
  }
  return at::mean(x, {2, 3});
}

/// libtorch's threads would only get in the way of our replicas. The setting
/// belongs to the calling thread.
void use_one_thread() {
  thread_local bool done = false;
  if (!done) at::set_num_threads(1);
  done = true;
}

/// Every layer's output is a block of up to 5 MB that lives for a moment. By
/// default malloc hands such blocks back to the system and takes them again,
/// which costs 40 % of the whole time in page faults; larger ones, decoded
/// photos, still go back.
void keep_freed_blocks() {
  constexpr int kKeptBlockBytes = 32 << 20;  // the most that glibc allows
  constexpr int kKeptBytes = 512 << 20;
  ::mallopt(M_MMAP_THRESHOLD, kKeptBlockBytes);
  ::mallopt(M_TRIM_THRESHOLD, kKeptBytes);
}

class TorchEngine final : public Engine {
 public:
  explicit TorchEngine(std::shared_ptr<const Network> network)
      : network_(std::move(network)) {}

  std::size_t dim() const override { return kMobilenetDim; }

  void embed(const float* input, float* feature) override {
    translated("network", [&] {
      use_one_thread();
      const c10::InferenceMode no_gradients;
      const std::int64_t side = network_->input_size;
      // from_blob wants a pointer to non-const; nothing writes through it.
      const at::Tensor x = at::from_blob(
          const_cast<float*>(input), {1, 3, side, side},
          {side * side * 3, 1, side * 3, 3}, at::TensorOptions(at::kFloat));
      const at::Tensor row = forward(*network_, x).contiguous();
      std::memcpy(feature, row.data_ptr<float>(), dim() * sizeof(float));
    });
  }

  std::unique_ptr<Engine> clone() const override {
    return std::make_unique<TorchEngine>(network_);
  }

 private:
  std::shared_ptr<const Network> network_;
};

}  // namespace

std::unique_ptr<Engine> make_torch_engine(const Weights& weights) {
  return translated("network", [&]() -> std::unique_ptr<Engine> {
    keep_freed_blocks();
    const c10::InferenceMode no_gradients;
    auto network = std::make_shared<Network>();
    network->variant = weights.variant;
    network->input_size =
        static_cast<std::int64_t>(weights.preprocessing.input_size);
    for (const Convolution& conv : mobilenet_convolutions())
      network->layers.push_back(make_layer(conv, weights));
    return std::make_unique<TorchEngine>(std::move(network));
  });
}

}  // namespace imsearch
