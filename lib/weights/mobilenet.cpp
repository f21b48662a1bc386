// MobileNetV2 as a list of convolutions, and the names and shapes of its 260
// tensors, derived from that list: 52 convolutions, each with a kernel and the
// four vectors of its batch norm. The list is made from seven lines of a table,
// as in the paper; the names follow torchvision, whose numbering skips the
// parts that a block lacks.
#include "weights/mobilenet.h"

#include <fmt/format.h>

namespace imsearch {
namespace {

/// Blocks of equal width; only the first has the stride.
struct Stage {
  std::size_t expansion;
  std::size_t channels;
  std::size_t blocks;
  std::size_t stride;
};

// Sandler et al. 2018, table 2: t, c, n and s.
constexpr Stage kStages[] = {{1, 16, 1, 1}, {6, 24, 2, 2}, {6, 32, 3, 2},
                             {6, 64, 4, 2}, {6, 96, 3, 1}, {6, 160, 3, 2},
                             {6, 320, 1, 1}};
constexpr std::size_t kColours = 3;
constexpr std::size_t kStemChannels = 32;

Convolution convolution(const std::string& weight, const std::string& norm,
                        std::size_t in, std::size_t out) {
  Convolution conv;
  conv.weight = weight + ".weight";
  conv.norm = norm;
  conv.in = in;
  conv.out = out;
  return conv;
}

/// The convolutions of one inverted residual block: widen by 1 x 1, unless the
/// block does not expand, filter each channel by 3 x 3, narrow by 1 x 1.
void add_block(std::vector<Convolution>& net, std::size_t feature,
               const Stage& stage, std::size_t in, std::size_t stride) {
  const std::string block = fmt::format("features.{}.conv.", feature);
  const std::size_t first = net.size();
  const std::size_t wide = in * stage.expansion;
  std::size_t part = 0;  // torchvision numbers the parts it has
  if (stage.expansion > 1) {
    const std::string key = fmt::format("{}{}.", block, part++);
    net.push_back(convolution(key + "0", key + "1", in, wide));
  }
  const std::string key = fmt::format("{}{}.", block, part++);
  Convolution depthwise = convolution(key + "0", key + "1", wide, wide);
  depthwise.kernel = 3;
  depthwise.stride = stride;
  depthwise.depthwise = true;
  net.push_back(depthwise);
  Convolution project =
      convolution(fmt::format("{}{}", block, part),
                  fmt::format("{}{}", block, part + 1), wide, stage.channels);
  project.clipped = false;
  // A block adds its input where that has the shape of its output: the others
  // of a stage, but not its first, which changes stride or width.
  project.adds_input = stride == 1 && in == stage.channels;
  net.push_back(project);
  net[first].begins_block = true;
}

std::vector<Convolution> make_convolutions() {
  std::vector<Convolution> net;
  Convolution stem =
      convolution("features.0.0", "features.0.1", kColours, kStemChannels);
  stem.kernel = 3;
  stem.stride = 2;
  net.push_back(stem);
  std::size_t feature = 1;
  std::size_t channels = kStemChannels;
  for (const Stage& stage : kStages) {
    for (std::size_t i = 0; i < stage.blocks; ++i) {
      add_block(net, feature++, stage, channels, i == 0 ? stage.stride : 1);
      channels = stage.channels;
    }
  }
  const std::string last = fmt::format("features.{}.", feature);
  net.push_back(convolution(last + "0", last + "1", channels, kMobilenetDim));
  return net;
}

}  // namespace

std::vector<std::size_t> Convolution::weight_shape() const {
  return {out, depthwise ? 1 : in, kernel, kernel};
}

const std::vector<Convolution>& mobilenet_convolutions() {
  static const std::vector<Convolution> net = make_convolutions();
  return net;
}

const std::vector<std::pair<std::string, std::vector<std::size_t>>>&
mobilenet_layout() {
  static const auto layout = [] {
    std::vector<std::pair<std::string, std::vector<std::size_t>>> tensors;
    for (const Convolution& conv : mobilenet_convolutions()) {
      tensors.emplace_back(conv.weight, conv.weight_shape());
      for (const char* key : kNormKeys)
        tensors.emplace_back(conv.norm + key,
                             std::vector<std::size_t>{conv.out});
    }
    return tensors;
  }();
  return layout;
}

}  // namespace imsearch
