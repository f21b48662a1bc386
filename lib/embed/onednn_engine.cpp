// The built-in network, MobileNetV2, by oneDNN: a plan that is made once from
// the weights (shapes, folded weights, primitives) and shared, and replicas
// that each have memory of their own and run it for one image after the other.
//
// A replica is one thread: as many replicas as CPUs, each with its own image,
// beat one image that all CPUs share, since most layers are too small to be
// shared out. Images between blocks take turns in two pieces of memory; a block
// that adds its input works in place.
#include "embed/engine.h"

#include "base/error.h"
#include "embed/dense_convolution.h"
#include "embed/inverted_block.h"
#include "embed/layer.h"
#include "weights/mobilenet.h"

#include <oneapi/dnnl/dnnl.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <new>
#include <optional>
#include <utility>
#include <vector>

// OpenMP 5.1, section 3.2.1, of the libgomp under Debian's oneDNN. Declared
// here, since clang finds no omp.h beside g++'s.
extern "C" void omp_set_num_threads(int count);

namespace imsearch {
namespace {

using dnnl::memory;

constexpr std::size_t kColours = 3;

/// Each network thread has a replica; oneDNN must not start threads of its own.
/// It decides when a primitive is made, and again when it runs. The setting
/// belongs to the calling thread.
void use_one_thread() {
  thread_local bool done = false;
  if (!done) omp_set_num_threads(1);
  done = true;
}

/// A lack of memory is not an image's fault: it is passed on as such.
[[noreturn]] void fail_in_onednn(const dnnl::error& e) {
  if (e.status == dnnl_out_of_memory) throw std::bad_alloc();
  fail("oneDNN: {}", e.what());
}

/// The network as it runs: made once, shared by all replicas. Immutable.
struct Plan {
  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  std::size_t input_side = 0;
  Padding input_padding;
  std::vector<InvertedBlock> blocks;
  std::optional<DenseConvolution> last;

  std::size_t padded_side() const {
    return input_padding.before + input_side + input_padding.after;
  }
};

std::shared_ptr<const Plan> make_plan(const Weights& weights) {
  const std::vector<Convolution>& layers = mobilenet_convolutions();
  auto plan = std::make_shared<Plan>();
  plan->input_side = weights.preprocessing.input_size;
  plan->input_padding =
      padding_3x3(plan->input_side, layers[0].stride, weights.variant);
  std::size_t side = plan->input_padding.output_side;
  // The stem makes a block of three with the depthwise convolution and the
  // projection that follow it; only the last convolution stands alone.
  for (std::size_t first = 0; first + 1 < layers.size(); first += 3) {
    plan->blocks.emplace_back(plan->engine, weights, first, side);
    side = plan->blocks.back().output_side();
  }
  const Convolution& last = layers.back();
  const DenseShape whole = {last.in, last.out,     1,    1, side,
                            side,    last.clipped, false};
  plan->last.emplace(plan->engine, whole, fold_batch_norm(last, weights));
  return plan;
}

/// What the replica's memory must hold.
struct Sizes {
  std::size_t image_floats = 0;  // between blocks
  std::size_t wide_floats = 0;
  std::size_t filtered_floats = 0;
  std::size_t scratch_bytes = 1;
};

Sizes sizes_of(const Plan& plan) {
  const DenseShape& last = plan.last->shape();
  Sizes sizes;
  sizes.image_floats = last.rows * last.width * last.out;
  sizes.scratch_bytes =
      std::max(sizes.scratch_bytes, plan.last->scratch_bytes());
  for (const InvertedBlock& block : plan.blocks) {
    sizes.image_floats = std::max(sizes.image_floats, block.output_floats());
    sizes.wide_floats = std::max(sizes.wide_floats, block.wide_floats());
    sizes.filtered_floats =
        std::max(sizes.filtered_floats, block.filtered_floats());
    sizes.scratch_bytes = std::max(sizes.scratch_bytes, block.scratch_bytes());
  }
  return sizes;
}

/// A replica: its own memory, and the steps bound to it.
class OnednnEngine final : public Engine {
 public:
  explicit OnednnEngine(std::shared_ptr<const Plan> plan)
      : plan_(std::move(plan)) {
    const Sizes sizes = sizes_of(*plan_);
    memory_.stream = dnnl::stream(plan_->engine);
    memory_.wide = floats(sizes.wide_floats);
    memory_.filtered = floats(sizes.filtered_floats);
    memory_.scratch = bytes(sizes.scratch_bytes);
    for (float*& image : images_) image = floats(sizes.image_floats);
    // The zeros that copy_input() never overwrites are the padding.
    input_ = floats(plan_->padded_side() * plan_->padded_side() * kColours);
    for (const InvertedBlock& block : plan_->blocks)
      blocks_.emplace_back(block, memory_);
    last_.emplace(*plan_->last, memory_.stream, memory_.scratch);
  }

  std::size_t dim() const override { return kMobilenetDim; }

  void embed(const float* input, float* feature) override {
    use_one_thread();
    copy_input(input);
    try {
      float* image = input_;
      std::size_t next = 0;  // of images_
      for (std::size_t b = 0; b < blocks_.size(); ++b) {
        const bool in_place = plan_->blocks[b].adds_input();
        float* output = in_place ? image : images_[next];
        blocks_[b].run(image, output);
        if (!in_place) next = 1 - next;
        image = output;
      }
      last_->run(image, images_[next]);
      write_mean(images_[next], feature);
    } catch (const dnnl::error& e) {
      fail_in_onednn(e);
    }
  }

  std::unique_ptr<Engine> clone() const override {
    return std::make_unique<OnednnEngine>(plan_);
  }

 private:
  /// Memory that lives as long as the replica, aligned to a page, zeros.
  memory bytes(std::size_t size) {
    memory block({{static_cast<memory::dim>(size)},
                  memory::data_type::u8,
                  memory::format_tag::x},
                 plan_->engine);
    std::memset(block.get_data_handle(), 0, size);
    owned_.push_back(block);
    return block;
  }
  float* floats(std::size_t count) {
    return static_cast<float*>(bytes(count * sizeof(float)).get_data_handle());
  }

  void copy_input(const float* input) {
    const std::size_t row_floats = plan_->input_side * kColours;
    const std::size_t padded_floats = plan_->padded_side() * kColours;
    const std::size_t before = plan_->input_padding.before;
    float* first = input_ + before * padded_floats + before * kColours;
    for (std::size_t y = 0; y < plan_->input_side; ++y)
      std::memcpy(first + y * padded_floats, input + y * row_floats,
                  row_floats * sizeof(float));
  }

  /// Global average pooling: the mean of each channel over all pixels. Summed
  /// in the order of memory, so that the bits do not depend on the CPU.
  void write_mean(const float* image, float* feature) const {
    const DenseShape& shape = plan_->last->shape();
    const std::size_t pixels = shape.rows * shape.width;
    std::fill_n(feature, kMobilenetDim, 0.0F);
    for (std::size_t p = 0; p < pixels; ++p)
      for (std::size_t c = 0; c < kMobilenetDim; ++c)
        feature[c] += image[p * kMobilenetDim + c];
    for (std::size_t c = 0; c < kMobilenetDim; ++c)
      feature[c] /= static_cast<float>(pixels);
  }

  std::shared_ptr<const Plan> plan_;
  std::vector<memory> owned_;
  BlockMemory memory_;
  float* input_ = nullptr;
  std::array<float*, 2> images_ = {};
  std::vector<BoundBlock> blocks_;
  std::optional<BoundConvolution> last_;
};

}  // namespace

std::unique_ptr<Engine> make_onednn_engine(const Weights& weights) {
  try {
    use_one_thread();
    return std::make_unique<OnednnEngine>(make_plan(weights));
  } catch (const dnnl::error& e) {
    fail_in_onednn(e);
  }
}

}  // namespace imsearch
