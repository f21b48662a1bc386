// The built-in network once more, by libtorch's own operations. It is the
// reference that the oneDNN engine is tested against, and the engine for a GPU.
// It is written to be read, layer by layer as in the list of convolutions, and
// not to be quick.
#include "embed/engine.h"

#include "embed/engine_libtorch.h"
#include "embed/layer.h"

#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>

#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

namespace imsearch {
namespace {

constexpr float kClip = 6.0F;  // ReLU6

/// One convolution, ready to run, its batch norm folded in.
struct Layer {
  at::Tensor weight;  // (out, in or 1, height, width)
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
};

at::Tensor tensor_of(const std::vector<float>& values,
                     const std::vector<std::size_t>& shape) {
  const std::vector<std::int64_t> extents(shape.begin(), shape.end());
  at::Tensor tensor = at::empty(extents, at::kFloat);
  std::memcpy(tensor.data_ptr<float>(), values.data(),
              values.size() * sizeof(float));
  return tensor;
}

/// Channels last spares oneDNN the reordering of every layer's output. On a GPU
/// depthwise layers have a kernel of libtorch's own for channels first alone.
at::MemoryFormat memory_format(at::Device device) {
  return device.is_cpu() ? at::MemoryFormat::ChannelsLast
                         : at::MemoryFormat::Contiguous;
}

Layer make_layer(const Convolution& conv, const Weights& weights,
                 at::Device device) {
  const FoldedConvolution folded = fold_batch_norm(conv, weights);
  Layer layer;
  layer.weight = tensor_of(folded.kernel, conv.weight_shape())
                     .contiguous(memory_format(device))
                     .to(device);
  layer.bias = tensor_of(folded.bias, {conv.out}).to(device);
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

/// A layer of 1 x 1 as a product of matrices, one for each image.
at::Tensor multiply(const at::Tensor& input, const Layer& layer) {
  const std::int64_t images = input.size(0);
  const std::int64_t out = layer.weight.size(0);
  const at::Tensor rows =
      layer.weight.view({1, out, -1}).expand({images, -1, -1});
  return at::baddbmm(layer.bias.view({1, out, 1}), rows, input.flatten(2))
      .view({images, out, input.size(2), input.size(3)});
}

/// On a CPU, oneDNN is asked for by name: at::conv2d would give 1x1 and
/// depthwise layers to the BLAS library. On a GPU, it would give 1x1 layers to
/// cuDNN, which prepares for each of them, in each thread, for some 100 ms.
at::Tensor convolve(const at::Tensor& input, const Layer& layer,
                    Variant variant) {
  const bool uneven =
      layer.kernel == 3 && layer.stride == 2 && variant == Variant::kKeras;
  const std::int64_t padding = layer.kernel == 3 && !uneven ? 1 : 0;
  const at::Tensor padded = uneven ? padded_as_keras(input) : input;
  const std::int64_t paddings[] = {padding, padding};
  const std::int64_t strides[] = {layer.stride, layer.stride};
  at::Tensor output =
      input.is_cpu()
          ? at::mkldnn_convolution(padded, layer.weight, layer.bias, paddings,
                                   strides, {1, 1}, layer.groups)
      : layer.kernel == 1 ? multiply(input, layer)
                          : at::conv2d(padded, layer.weight, layer.bias,
                                       strides, paddings, {1, 1}, layer.groups);
  if (layer.clipped) output.clamp_(0.0F, kClip);
  return output;
}

at::Tensor forward(const Network& network, at::Tensor x) {
  x = x.contiguous(memory_format(x.device()));
  at::Tensor shortcut;
  for (const Layer& layer : network.layers) {
    if (layer.begins_block) shortcut = x;
    x = convolve(x, layer, network.variant);
    if (layer.adds_input) x.add_(shortcut);
  }
  return at::mean(x, {2, 3});
}

}  // namespace

std::unique_ptr<Engine> make_torch_engine(const Weights& weights,
                                          const TorchParams& params) {
  auto network = std::make_shared<Network>();
  translated("network", [&] {
    const at::Device device = use_device(params.device);
    const c10::InferenceMode no_gradients;
    network->variant = weights.variant;
    for (const Convolution& conv : mobilenet_convolutions())
      network->layers.push_back(make_layer(conv, weights, device));
  });
  const auto run = [network = std::shared_ptr<const Network>(network)](
                       const at::Tensor& images) {
    return forward(*network, images);
  };
  return make_forward_engine("network", run, kMobilenetDim,
                             weights.preprocessing.input_size, params);
}

}  // namespace imsearch
