// MobileNetV2 in 8-bit integers, by lib/simd's kernels: the same blocks in
// strips as in onednn_engine.cpp, at a third of the time and with features that
// are nearly the same. A feature depends on the image and the weights alone, to
// the bit, on any CPU: integers are exact, and each step in floating point is
// one that simd/int8_layers.h defines, or is written here one after the other.
#include "embed/engine.h"

#include "embed/int8_block.h"
#include "weights/mobilenet.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

namespace imsearch {
namespace {

constexpr float kClip = 6.0F;  // ReLU6

/// The network as it runs: made once, shared by all replicas. Immutable.
struct Plan {
  std::vector<Int8Block> blocks;
  std::optional<Int8Convolution> last;
  std::size_t pixels = 0;  // of the last image
  float largest_input = 0;
};

/// The largest magnitude that preprocess() makes of any pixel.
float largest_input(const Preprocessing& preprocessing) {
  if (preprocessing.scale == Preprocessing::Scale::kMinusOneToOne) return 1;
  float largest = 0;
  for (std::size_t c = 0; c < preprocessing.mean.size(); ++c) {
    const float mean = preprocessing.mean[c];
    largest = std::max(largest, std::max(std::fabs(mean), std::fabs(1 - mean)) /
                                    preprocessing.deviation[c]);
  }
  return largest;
}

std::shared_ptr<const Plan> make_plan(const Weights& weights) {
  const std::vector<Convolution>& layers = mobilenet_convolutions();
  auto plan = std::make_shared<Plan>();
  plan->largest_input = largest_input(weights.preprocessing);
  std::size_t side = weights.preprocessing.input_size;
  for (std::size_t first = 0; first + 1 < layers.size(); first += 3) {
    plan->blocks.emplace_back(weights, first, side);
    side = plan->blocks.back().output_side();
  }
  plan->pixels = side * side;
  plan->last.emplace(layers.back(), fold_batch_norm(layers.back(), weights),
                     kSignedZero, 1.0F);
  return plan;
}

Int8Sizes sizes_of(const Plan& plan) {
  Int8Sizes all;
  all.input = plan.pixels * plan.last->in_bytes();
  all.scales = plan.last->scale_floats() * sizeof(float);
  for (const Int8Block& block : plan.blocks) {
    const Int8Sizes sizes = block.sizes();
    all.input = std::max(all.input, sizes.input);
    all.windows = std::max(all.windows, sizes.windows);
    all.wide = std::max(all.wide, sizes.wide);
    all.filtered = std::max(all.filtered, sizes.filtered);
    all.scales = std::max(all.scales, sizes.scales);
  }
  return all;
}

std::size_t image_floats(const Plan& plan) {
  std::size_t floats = plan.pixels * kMobilenetDim;
  for (const Int8Block& block : plan.blocks)
    floats = std::max(floats, block.output_floats());
  return floats;
}

/// A replica: its own memory.
class Int8Engine final : public Engine {
 public:
  explicit Int8Engine(std::shared_ptr<const Plan> plan)
      : plan_(std::move(plan)), memory_(sizes_of(*plan_)) {
    for (AlignedBytes& image : images_)
      image = AlignedBytes(image_floats(*plan_) * sizeof(float));
  }

  std::size_t dim() const override { return kMobilenetDim; }

  void embed(const float* input, float* feature) override {
    const float* image = input;
    float largest = plan_->largest_input;
    std::size_t next = 0;  // of images_
    for (const Int8Block& block : plan_->blocks) {
      if (!block.adds_input()) next = 1 - next;
      float* output = images_[next].as<float>();
      largest = block.run(image, largest, memory_, output);
      image = output;
    }
    float* last = images_[1 - next].as<float>();
    run_last(image, largest, last);
    write_mean(last, feature);
  }

  std::unique_ptr<Engine> clone() const override {
    return std::make_unique<Int8Engine>(plan_);
  }

 private:
  void run_last(const float* image, float largest, float* out) {
    const Int8Convolution& last = *plan_->last;
    std::uint8_t* bytes = memory_.input.as<std::uint8_t>();
    float* scales = memory_.scales.as<float>();
    const float step = int8_input(layers_, image, largest,
                                  plan_->pixels * last.in_bytes(), bytes);
    last.write_scales(step, scales);
    layers_.dense_float(last.job(bytes, plan_->pixels, scales), false, out);
  }

  /// Global average pooling: the mean of each channel over all pixels, clipped,
  /// summed in the order of memory.
  void write_mean(const float* image, float* feature) const {
    std::fill_n(feature, kMobilenetDim, 0.0F);
    for (std::size_t p = 0; p < plan_->pixels; ++p)
      for (std::size_t c = 0; c < kMobilenetDim; ++c) {
        const float value = image[p * kMobilenetDim + c];
        feature[c] += value > 0 ? std::min(value, kClip) : 0.0F;
      }
    for (std::size_t c = 0; c < kMobilenetDim; ++c)
      feature[c] /= static_cast<float>(plan_->pixels);
  }

  const simd::Int8Layers& layers_ = *simd::active().int8;
  std::shared_ptr<const Plan> plan_;
  Int8Memory memory_;
  std::array<AlignedBytes, 2> images_;
};

}  // namespace

std::unique_ptr<Engine> make_int8_engine(const Weights& weights) {
  return std::make_unique<Int8Engine>(make_plan(weights));
}

}  // namespace imsearch
