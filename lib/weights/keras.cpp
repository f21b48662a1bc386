// Keras HDF5 weights: the attribute layer_names lists the layers' groups in the
// order of the network, each group's weight_names its datasets, which lie
// below the group (Keras 2.1.6, engine/topology.py,
// save_weights_to_hdf5_group). Layers are taken by position, as Keras itself
// does: the official file has older names (mobl1_conv_1_expand) than today's
// model (block_1_expand). A file of a whole saved model has the same below
// /model_weights.
//
// HDF5's library is not made for damaged files (fuzz-keras crashes 1.10.8
// within seconds), so it runs in a process of its own.
#include "weights/hdf5_file.h"
#include "weights/metadata.h"
#include "weights/weights.h"

#include "base/error.h"
#include "base/isolated.h"

#include <fmt/ranges.h>

#include <utility>

namespace imsearch {
namespace {

constexpr std::size_t kMaxLayers = 10'000;
constexpr std::size_t kMaxWeightsPerLayer = 100;
constexpr std::size_t kMaxNameBytes = 4096;
constexpr std::size_t kNormWeights = 4;

struct Layer {
  std::string name;
  std::vector<std::string> datasets;  // paths in the file
};

/// The layers that have weights, in the order of the file.
std::vector<Layer> weighted_layers(const Hdf5File& file,
                                   const std::string& path) {
  std::string root = "/";
  if (!file.has_attribute(root, "layer_names")) root = "/model_weights/";
  if (!file.has_attribute(root, "layer_names"))
    fail(
        "{}: no attribute layer_names: not the weights of a Keras 2 model "
        "(save_weights('x.h5'))",
        path);
  std::vector<Layer> layers;
  for (const std::string& name :
       file.strings(root, "layer_names", kMaxLayers, kMaxNameBytes)) {
    // Most layers (activations, padding, additions) have no weights.
    Layer layer{name, {}};
    const std::string group = root + name;
    const std::string below = group + "/";
    for (const std::string& weight : file.strings(
             group, "weight_names", kMaxWeightsPerLayer, kMaxNameBytes))
      layer.datasets.push_back(below + weight);
    if (!layer.datasets.empty()) layers.push_back(std::move(layer));
  }
  return layers;
}

/// How many values a tensor of this shape has.
std::size_t product(const std::vector<std::size_t>& shape) {
  std::size_t count = 1;
  for (const std::size_t extent : shape) count *= extent;
  return count;
}

/// Reads a dataset of just this shape.
WeightTensor read_tensor(const Hdf5File& file, const std::string& path,
                         const std::string& dataset,
                         const std::vector<std::size_t>& shape) {
  const std::vector<std::size_t> found = file.shape(dataset);
  if (found != shape)
    fail("{}: {} has the shape ({}), MobileNetV2 1.0 has ({})", path, dataset,
         fmt::join(found, ", "), fmt::join(shape, ", "));
  return {shape, file.floats(dataset, product(shape))};
}

/// Keras' (height, width, in, out), depthwise (height, width, channels, 1).
std::vector<std::size_t> keras_shape(const Convolution& conv) {
  return {conv.kernel, conv.kernel, conv.in, conv.depthwise ? 1 : conv.out};
}

/// To (out, in, height, width). In both kinds of kernel the last two axes in
/// Keras' order become the first two: in memory, (area, a, b) to (b, a, area),
/// where depthwise kernels have one b and want (a, area).
WeightTensor to_torch_layout(const WeightTensor& keras,
                             const Convolution& conv) {
  const std::size_t area = conv.kernel * conv.kernel;
  const std::size_t a = keras.shape[2];
  const std::size_t b = keras.shape[3];
  WeightTensor torch{conv.weight_shape(),
                     std::vector<float>(keras.values.size())};
  for (std::size_t p = 0; p < area; ++p)
    for (std::size_t i = 0; i < a; ++i)
      for (std::size_t j = 0; j < b; ++j)
        torch.values[(j * a + i) * area + p] =
            keras.values[(p * a + i) * b + j];
  return torch;
}

void check_count(const Layer& layer, std::size_t count,
                 const std::string& path) {
  if (layer.datasets.size() != count)
    fail("{}: layer {} has {} weights, expected {}", path, layer.name,
         layer.datasets.size(), count);
}

std::map<std::string, WeightTensor> read_tensors(const std::string& path) {
  const Hdf5File file(path);
  const std::vector<Layer> layers = weighted_layers(file, path);
  const std::vector<Convolution>& net = mobilenet_convolutions();
  // A model with its classifier has more; what comes first is the same.
  if (layers.size() < 2 * net.size())
    fail(
        "{}: {} layers have weights, MobileNetV2 without its classifier has "
        "{}",
        path, layers.size(), 2 * net.size());
  std::map<std::string, WeightTensor> tensors;
  for (std::size_t i = 0; i < net.size(); ++i) {
    const Layer& conv = layers[2 * i];
    const Layer& norm = layers[2 * i + 1];
    check_count(conv, 1, path);
    check_count(norm, kNormWeights, path);
    const WeightTensor kernel =
        read_tensor(file, path, conv.datasets[0], keras_shape(net[i]));
    tensors[net[i].weight] = to_torch_layout(kernel, net[i]);
    for (std::size_t k = 0; k < kNormWeights; ++k)
      tensors[net[i].norm + kNormKeys[k]] =
          read_tensor(file, path, norm.datasets[k], {net[i].out});
  }
  return tensors;
}

// From the child to its parent: the values alone, in an order that both know.
/// Their values, one tensor after the other.
std::string bytes_of(const std::map<std::string, WeightTensor>& tensors) {
  std::string bytes;
  for (const auto& [name, shape] : mobilenet_layout()) {
    const std::vector<float>& values = tensors.at(name).values;
    bytes.append(reinterpret_cast<const char*>(values.data()),
                 values.size() * sizeof values[0]);
  }
  return bytes;
}

/// The inverse. `bytes` has all of them.
std::map<std::string, WeightTensor> tensors_in(std::string_view bytes) {
  std::map<std::string, WeightTensor> tensors;
  for (const auto& [name, shape] : mobilenet_layout()) {
    WeightTensor& tensor = tensors[name];
    tensor = {shape, std::vector<float>(product(shape))};
    const std::size_t size = tensor.values.size() * sizeof tensor.values[0];
    std::memcpy(tensor.values.data(), bytes.data(), size);
    bytes.remove_prefix(size);
  }
  return tensors;
}

std::size_t bytes_of_all() {
  std::size_t values = 0;
  for (const auto& [name, shape] : mobilenet_layout()) values += product(shape);
  return values * sizeof(float);
}

}  // namespace

Weights read_keras_weights(const std::string& path) {
  // All 2.2 million values come through the pipe as one block of known size:
  // names and shapes are known on this side, so they need not be sent.
  const std::string bytes =
      call_isolated(path, "the HDF5 library", bytes_of_all(),
                    [&] { return bytes_of(read_tensors(path)); });
  if (bytes.size() != bytes_of_all())
    fail("{}: {} bytes of weights, MobileNetV2 1.0 has {}", path, bytes.size(),
         bytes_of_all());
  Weights weights;
  apply_variant(Variant::kKeras, weights);
  weights.tensors = tensors_in(bytes);
  return weights;
}

}  // namespace imsearch
