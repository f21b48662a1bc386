#include "embed/engine.h"

#include "base/error.h"
#include "embed/fold.h"
#include "embed/mobilenet.h"

#include <oneapi/dnnl/dnnl.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <unordered_map>
#include <utility>

// OpenMP 5.1, section 3.2.1, of the libgomp under Debian's oneDNN. Declared
// here, since clang finds no omp.h beside g++'s.
extern "C" void omp_set_num_threads(int count);

namespace imsearch {
namespace {

using dnnl::memory;

/// Each network thread has a replica; oneDNN must not start threads of its own.
/// It decides when a primitive is made, and again when it runs. The setting
/// belongs to the calling thread.
void use_one_thread() {
  thread_local bool done = false;
  if (!done) omp_set_num_threads(1);
  done = true;
}

constexpr auto kFloat = memory::data_type::f32;
constexpr auto kAnyLayout = memory::format_tag::any;

/// Three buffers are enough: what a block began with, and two to go from one
/// layer to the next.
constexpr std::size_t kBuffers = 3;

/// A step of the network and where it reads and writes. Immutable.
struct Step {
  dnnl::primitive primitive;
  std::unordered_map<int, memory> constants;  // weights and bias
  memory::desc source;
  memory::desc destination;
  memory::desc scratch;
  std::size_t from = 0;  // buffers
  std::size_t to = 0;
};

/// The network as oneDNN runs it: made once, shared by all replicas.
struct Plan {
  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  std::vector<Step> steps;
  memory::desc input;  // as preprocess() writes it
  std::size_t buffer_bytes = 0;
  std::size_t scratch_bytes = 0;
};

/// What a layer's convolution adds around its input: left and top, right and
/// bottom; and how many pixels a side come out.
struct Padding {
  memory::dim before = 0;
  memory::dim after = 0;
  memory::dim output_side = 0;
};

Padding padding_of(const Convolution& conv, memory::dim side, Variant variant) {
  const auto stride = static_cast<memory::dim>(conv.stride);
  const auto kernel = static_cast<memory::dim>(conv.kernel);
  Padding padding;
  if (kernel == 1) return {0, 0, side};
  // Keras pads even sides at the right and the bottom alone (correct_pad()).
  const bool uneven =
      variant == Variant::kKeras && stride == 2 && side % 2 == 0;
  padding.before = uneven ? 0 : 1;
  padding.output_side = (side + padding.before + 1 - kernel) / stride + 1;
  padding.after = std::max<memory::dim>(
      0, (padding.output_side - 1) * stride + kernel - side - padding.before);
  return padding;
}

memory::dims dims_of(const Convolution& conv) {
  const auto out = static_cast<memory::dim>(conv.out);
  const auto in = static_cast<memory::dim>(conv.in);
  const auto kernel = static_cast<memory::dim>(conv.kernel);
  if (conv.depthwise) return {out, 1, 1, kernel, kernel};  // a group a channel
  return {out, in, kernel, kernel};
}

/// Builds a Plan layer by layer.
class Planner {
 public:
  Planner(const Weights& weights, Plan& plan)
      : weights_(weights), plan_(plan), stream_(plan.engine) {
    side_ = static_cast<memory::dim>(weights.preprocessing.input_size);
    plan_.input =
        memory::desc({1, 3, side_, side_}, kFloat, memory::format_tag::nhwc);
    current_ = plan_.input;
  }

  void add(const Convolution& conv) {
    if (conv.begins_block) {
      block_input_ = current_;
      block_buffer_ = buffer_;
    }
    const Padding padding = padding_of(conv, side_, weights_.variant);
    const auto descriptor = describe(conv, padding);
    convert_to(descriptor.src_desc());
    Step step;
    step.primitive = dnnl::convolution_forward(descriptor);
    step.constants = constants(conv, descriptor);
    step.scratch = descriptor.scratchpad_desc();
    side_ = padding.output_side;
    append(std::move(step), descriptor.dst_desc(),
           conv.adds_input ? block_buffer_ : free_buffer());
  }

  /// The mean over all pixels, channel by channel.
  void add_mean() {
    const memory::dim channels = current_.dims()[1];
    const dnnl::pooling_forward::desc wanted(
        dnnl::prop_kind::forward_inference,
        dnnl::algorithm::pooling_avg_exclude_padding, current_,
        memory::desc({1, channels, 1, 1}, kFloat, kAnyLayout), {1, 1},
        {side_, side_}, {0, 0}, {0, 0});
    const dnnl::pooling_forward::primitive_desc descriptor(
        wanted, attributes({}), plan_.engine);
    Step step;
    step.primitive = dnnl::pooling_forward(descriptor);
    step.scratch = descriptor.scratchpad_desc();
    append(std::move(step), descriptor.dst_desc(), free_buffer());
    convert_to(
        memory::desc({1, channels, 1, 1}, kFloat, memory::format_tag::nchw));
  }

 private:
  static dnnl::primitive_attr attributes(const dnnl::post_ops& after) {
    dnnl::primitive_attr attributes;
    attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    attributes.set_post_ops(after);
    return attributes;
  }

  dnnl::convolution_forward::primitive_desc describe(
      const Convolution& conv, const Padding& padding) const {
    dnnl::post_ops after;
    if (conv.adds_input) after.append_sum(1.0F);
    if (conv.clipped)
      after.append_eltwise(1.0F, dnnl::algorithm::eltwise_clip, 0.0F, 6.0F);
    const auto out = static_cast<memory::dim>(conv.out);
    const memory::desc source(current_.dims(), kFloat, kAnyLayout);
    // An addition happens in place, in the layout of what is added to.
    const memory::desc destination =
        conv.adds_input
            ? block_input_
            : memory::desc({1, out, padding.output_side, padding.output_side},
                           kFloat, kAnyLayout);
    const auto stride = static_cast<memory::dim>(conv.stride);
    const dnnl::convolution_forward::desc wanted(
        dnnl::prop_kind::forward_inference, dnnl::algorithm::convolution_direct,
        source, memory::desc(dims_of(conv), kFloat, kAnyLayout),
        memory::desc({out}, kFloat, memory::format_tag::x), destination,
        {stride, stride}, {padding.before, padding.before},
        {padding.after, padding.after});
    return {wanted, attributes(after), plan_.engine};
  }

  /// Folded weights in the layout that the convolution wants, and its bias.
  std::unordered_map<int, memory> constants(
      const Convolution& conv,
      const dnnl::convolution_forward::primitive_desc& descriptor) {
    FoldedConvolution folded = fold_batch_norm(conv, weights_);
    memory plain(
        {dims_of(conv), kFloat,
         conv.depthwise ? memory::format_tag::goihw : memory::format_tag::oihw},
        plan_.engine, folded.kernel.data());
    memory ordered(descriptor.weights_desc(), plan_.engine);
    dnnl::reorder(plain, ordered).execute(stream_, plain, ordered);
    memory bias(descriptor.bias_desc(), plan_.engine);
    std::memcpy(bias.get_data_handle(), folded.bias.data(),
                folded.bias.size() * sizeof(float));
    stream_.wait();
    return {{DNNL_ARG_WEIGHTS, ordered}, {DNNL_ARG_BIAS, bias}};
  }

  void convert_to(const memory::desc& wanted) {
    if (wanted == current_) return;
    const dnnl::reorder::primitive_desc descriptor(
        plan_.engine, current_, plan_.engine, wanted, attributes({}));
    Step step;
    step.primitive = dnnl::reorder(descriptor);
    step.scratch = descriptor.scratchpad_desc();
    append(std::move(step), wanted, free_buffer());
  }

  /// A buffer that holds neither the layer's input nor the block's.
  std::size_t free_buffer() const {
    for (std::size_t b = 0; b < kBuffers; ++b)
      if (b != buffer_ && b != block_buffer_) return b;
    return 0;  // never: there are three
  }

  void append(Step step, const memory::desc& destination, std::size_t to) {
    step.source = current_;
    step.destination = destination;
    step.from = buffer_;
    step.to = to;
    plan_.buffer_bytes = std::max(
        {plan_.buffer_bytes, current_.get_size(), destination.get_size()});
    plan_.scratch_bytes =
        std::max(plan_.scratch_bytes, step.scratch.get_size());
    plan_.steps.push_back(std::move(step));
    current_ = destination;
    buffer_ = to;
  }

  const Weights& weights_;
  Plan& plan_;
  dnnl::stream stream_;
  memory::dim side_ = 0;
  memory::desc current_;
  memory::desc block_input_;
  std::size_t buffer_ = 0;
  std::size_t block_buffer_ = 0;
};

std::shared_ptr<const Plan> make_plan(const Weights& weights) {
  auto plan = std::make_shared<Plan>();
  Planner planner(weights, *plan);
  for (const Convolution& conv : mobilenet_convolutions()) planner.add(conv);
  planner.add_mean();
  return plan;
}

/// A replica: its own buffers, and the steps bound to them.
class OnednnEngine final : public Engine {
 public:
  explicit OnednnEngine(std::shared_ptr<const Plan> plan)
      : plan_(std::move(plan)), stream_(plan_->engine) {
    const auto bytes = [&](std::size_t size) {
      return memory({{static_cast<memory::dim>(size)},
                     memory::data_type::u8,
                     memory::format_tag::x},
                    plan_->engine);
    };
    for (memory& buffer : buffers_) buffer = bytes(plan_->buffer_bytes);
    scratch_ = bytes(std::max<std::size_t>(1, plan_->scratch_bytes));
    for (const Step& step : plan_->steps) bound_.push_back(bind(step));
  }

  std::size_t dim() const override { return kMobilenetDim; }

  void embed(const float* input, float* feature) override {
    use_one_thread();
    std::memcpy(buffers_[0].get_data_handle(), input, plan_->input.get_size());
    try {
      for (std::size_t s = 0; s < bound_.size(); ++s)
        plan_->steps[s].primitive.execute(stream_, bound_[s]);
      stream_.wait();
    } catch (const dnnl::error& e) {
      fail("oneDNN: {}", e.what());
    }
    std::memcpy(feature, buffers_[plan_->steps.back().to].get_data_handle(),
                kMobilenetDim * sizeof(float));
  }

  std::unique_ptr<Engine> clone() const override {
    return std::make_unique<OnednnEngine>(plan_);
  }

 private:
  std::unordered_map<int, memory> bind(const Step& step) const {
    const auto view = [&](const memory::desc& desc, const memory& bytes) {
      return memory(desc, plan_->engine, bytes.get_data_handle());
    };
    std::unordered_map<int, memory> arguments = step.constants;
    arguments[DNNL_ARG_SRC] = view(step.source, buffers_[step.from]);
    arguments[DNNL_ARG_DST] = view(step.destination, buffers_[step.to]);
    arguments[DNNL_ARG_SCRATCHPAD] = view(step.scratch, scratch_);
    return arguments;
  }

  std::shared_ptr<const Plan> plan_;
  dnnl::stream stream_;
  std::array<memory, kBuffers> buffers_;
  memory scratch_;
  std::vector<std::unordered_map<int, memory>> bound_;
};

}  // namespace

std::unique_ptr<Engine> make_onednn_engine(const Weights& weights) {
  try {
    use_one_thread();
    return std::make_unique<OnednnEngine>(make_plan(weights));
  } catch (const dnnl::error& e) {
    fail("oneDNN: {}", e.what());
  }
}

}  // namespace imsearch
