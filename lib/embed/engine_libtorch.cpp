// What both engines of libtorch share: threads, memory, devices, the copying of
// images into a batch and of rows out of it, and translating libtorch's
// exceptions, which come with traces and stack frames, into one line.
#include "embed/engine_libtorch.h"

#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>

#include <malloc.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>

namespace imsearch {
namespace {

/// The line that says what is wrong. TorchScript's interpreter writes a trace
/// first; all others begin with it, some with an empty line.
std::string_view reason_in(std::string_view text) {
  constexpr std::string_view kAfterTrace = "\nRuntimeError: ";
  const std::size_t trace = text.rfind(kAfterTrace);
  if (trace != std::string_view::npos)
    text.remove_prefix(trace + kAfterTrace.size());
  text.remove_prefix(std::min(text.find_first_not_of(" \n"), text.size()));
  return text.substr(0, text.find('\n'));
}

/// libtorch's threads would only get in the way of our replicas. The setting
/// belongs to the calling thread.
void use_one_thread() {
  thread_local bool done = false;
  if (!done) at::set_num_threads(1);
  done = true;
}

/// Every layer's output is a block of some MB that lives for a moment. By
/// default malloc hands such blocks back to the system and takes them again,
/// which costs 40 % of the whole time in page faults; larger ones, decoded
/// photos, still go back.
void keep_freed_blocks() {
  constexpr int kKeptBlockBytes = 32 << 20;  // the most that glibc allows
  constexpr int kKeptBytes = 512 << 20;
  ::mallopt(M_MMAP_THRESHOLD, kKeptBlockBytes);
  ::mallopt(M_TRIM_THRESHOLD, kKeptBytes);
}

/// Features are compared with those of a CPU, and with each other.
void compute_exactly_on_cuda() {
  at::Context& context = at::globalContext();
  context.setAllowTF32CuDNN(false);
  context.setAllowTF32CuBLAS(false);
  context.setDeterministicCuDNN(true);
}

at::Tensor make_input(std::size_t side, const TorchParams& params) {
  const auto extent = static_cast<std::int64_t>(side);
  // Pinned memory is copied to the device without a detour.
  const auto options = at::TensorOptions(at::kFloat)
                           .pinned_memory(params.device == Device::kCuda);
  return at::zeros({static_cast<std::int64_t>(params.batch), extent, extent, 3},
                   options);
}

class ForwardEngine final : public Engine {
 public:
  ForwardEngine(std::string name, Forward forward, std::size_t dim,
                std::size_t side, const TorchParams& params)
      : name_(std::move(name)),
        forward_(std::move(forward)),
        dim_(dim),
        side_(side),
        params_(params),
        device_(use_device(params.device)),
        input_(make_input(side, params)) {}

  std::size_t dim() const override { return dim_; }
  std::size_t batch() const override { return params_.batch; }

  /// Two fill a device: while one waits for it, the other copies. More would
  /// each make it ready once more, which takes seconds.
  unsigned replicas(unsigned threads) const override {
    const bool filled = params_.batch > 1 || params_.device == Device::kCuda;
    return filled ? std::min(2U, threads) : threads;
  }

  void embed(const float* input, float* feature) override {
    embed_batch({input}, {feature});
  }

  void embed_batch(const std::vector<const float*>& inputs,
                   const std::vector<float*>& features) override {
    try {
      translated(name_, [&] { run(inputs, features); });
    } catch (const Error& e) {
      // A GPU's errors arrive late and stay: no later image would fare better.
      if (params_.device == Device::kCuda) throw DeviceError(e.what());
      throw;
    }
  }

  std::unique_ptr<Engine> clone() const override {
    return std::make_unique<ForwardEngine>(name_, forward_, dim_, side_,
                                           params_);
  }

 private:
  void run(const std::vector<const float*>& inputs,
           const std::vector<float*>& features) {
    use_one_thread();
    const c10::InferenceMode no_gradients;
    const std::size_t floats = side_ * side_ * 3;
    for (std::size_t i = 0; i < inputs.size(); ++i)
      std::memcpy(input_.data_ptr<float>() + i * floats, inputs[i],
                  floats * sizeof(float));
    // The memory is (n, height, width, 3); as (n, 3, height, width) it is what
    // libtorch calls channels last, so no value moves.
    const at::Tensor images =
        input_.permute({0, 3, 1, 2}).to(device_, at::kFloat, true);
    const at::Tensor rows = forward_(images).to(at::kCPU).contiguous();
    // A module may return other shapes for other images.
    const std::size_t expected = params_.batch * dim_;
    if (static_cast<std::size_t>(rows.numel()) != expected)
      fail("{}: returns {} floats, expected {} rows of {}", name_, rows.numel(),
           params_.batch, dim_);
    for (std::size_t i = 0; i < features.size(); ++i)
      std::memcpy(features[i], rows.data_ptr<float>() + i * dim_,
                  dim_ * sizeof(float));
  }

  std::string name_;
  Forward forward_;
  std::size_t dim_;
  std::size_t side_;
  TorchParams params_;
  at::Device device_;
  at::Tensor
      input_;  // (batch, side, side, 3); beyond a short batch: old images
};

}  // namespace

bool says_out_of_memory(const std::string& text) {
  return text.find("DefaultCPUAllocator: ") != std::string::npos;
}

void fail_in_libtorch(const std::string& what, const std::string& text) {
  fail("{}: libtorch: {}", what, reason_in(text));
}

at::Device use_device(Device device) {
  if (device == Device::kCpu) return at::kCPU;
  if (!at::Context::hasCUDART())
    fail(
        "--device cuda: this libtorch was built without CUDA, as Debian's is: "
        "build imsearch with one that has it (imsearch-extract(1) says how)");
  if (!at::hasCUDA()) fail("--device cuda: no CUDA device is found");
  compute_exactly_on_cuda();
  return at::kCUDA;
}

std::unique_ptr<Engine> make_forward_engine(const std::string& name,
                                            Forward forward, std::size_t dim,
                                            std::size_t side,
                                            const TorchParams& params) {
  return translated(name, [&]() -> std::unique_ptr<Engine> {
    keep_freed_blocks();
    return std::make_unique<ForwardEngine>(name, std::move(forward), dim, side,
                                           params);
  });
}

}  // namespace imsearch
