// Other people's networks: a TorchScript module, loaded and run by libtorch.
// Most of this file tells what people save instead of TorchScript (a state
// dict, a pickle, a whole Python object) from what is broken, since each needs
// another remedy. The dimension of its rows is found by running it once.
#include "embed/engine.h"
#include "embed/engine_libtorch.h"
#include "io/file.h"

#include <c10/core/InferenceMode.h>
#include <caffe2/serialize/inline_container.h>
#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/script.h>
#include <torch/version.h>

#include <cstdint>
#include <string_view>
#include <utility>

namespace imsearch {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kZipMagic = "PK\x03\x04"sv;
constexpr std::int64_t kMaxDim = 65536;  // what --dim allows

[[noreturn]] void refuse(const std::string& path, const std::string& what) {
  fail(
      "{}: {}: no TorchScript module. Export the model in Python: "
      "torch.jit.trace(model.eval(), image).save(file), as imsearch-extract(1) "
      "shows",
      path, what);
}

/// Tells what people save instead of TorchScript from what is broken.
void check_container(const std::string& path) {
  if (!file_exists(path)) fail("{}: no such file", path);
  const std::string start = read_prefix(path, kZipMagic.size());
  if (start.substr(0, 2) == "\x80\x02"sv)
    refuse(path, "a pickle, as old versions of torch.save write it");
  if (start != kZipMagic) refuse(path, "no zip archive");
  translated(path, [&] {
    caffe2::serialize::PyTorchStreamReader archive(path);
    if (!archive.hasRecord("constants.pkl"))
      refuse(path, "weights or a Python object, as torch.save writes them");
  });
}

/// Loads it. Later versions of PyTorch export operations that this one lacks.
torch::jit::Module load_module(const std::string& path, at::Device device) {
  try {
    return translated(path, [&] { return torch::jit::load(path, device); });
  } catch (const Error& e) {
    const std::string text = e.what();
    if (text.find("Unknown builtin op") == std::string::npos) throw;
    fail("{} This is libtorch {}: see Other models in imsearch-extract(1)",
         text, TORCH_VERSION);
  }
}

torch::jit::Method load_forward(const std::string& path, at::Device device) {
  check_container(path);
  torch::jit::Module module = load_module(path, device);
  return translated(path, [&] {
    module.eval();
    return module.get_method("forward");
  });
}

/// The rows (n, dim) that a module returned for n images.
at::Tensor rows_of(const torch::jit::IValue& output, std::int64_t n) {
  if (!output.isTensor())
    fail("returns {}, expected one tensor", output.type()->str());
  const at::Tensor& rows = output.toTensor();
  if (rows.scalar_type() != at::kFloat || rows.layout() != at::kStrided)
    fail("returns a tensor of {}, expected Float",
         c10::toString(rows.scalar_type()));
  const bool one_pixel =
      rows.dim() == 4 && rows.size(2) == 1 && rows.size(3) == 1;
  if ((rows.dim() != 2 && !one_pixel) || rows.size(0) != n ||
      rows.size(1) < 1 || rows.size(1) > kMaxDim)
    fail("returns {} for {} image{}, expected [{}, dim] with dim up to {}{}",
         fmt::format("[{}]", fmt::join(rows.sizes(), ", ")), n,
         n == 1 ? "" : "s", n, kMaxDim,
         n == 1 ? "" : " (a module for one image only needs --batch 1)");
  return rows.flatten(1);
}

/// Nothing but the module as it was saved: libtorch's own optimisations for
/// inference change what some networks compute (MobileNetV3 in 1.13), and those
/// of its executor begin after some runs, so that equal images could differ.
class Script {
 public:
  Script(const std::string& path, at::Device device)
      : path_(path), forward_(load_forward(path, device)) {}

  at::Tensor operator()(const at::Tensor& images) const {
    const torch::jit::GraphOptimizerEnabledGuard off(false);
    const torch::jit::IValue output = forward_({images.contiguous()});
    try {
      return rows_of(output, images.size(0));
    } catch (const Error& e) {
      fail("{}: {}", path_, e.what());
    }
  }

 private:
  std::string path_;
  torch::jit::Method forward_;
};

/// Runs it on black images, as many as there will be at a time.
std::size_t dim_of(const Script& script, at::Device device, std::int64_t side,
                   const TorchParams& params) {
  const c10::InferenceMode no_gradients;
  const auto n = static_cast<std::int64_t>(params.batch);
  const at::Tensor images = at::zeros(
      {n, 3, side, side}, at::TensorOptions(at::kFloat).device(device));
  return static_cast<std::size_t>(script(images).size(1));
}

}  // namespace

std::unique_ptr<Engine> make_script_engine(const std::string& path,
                                           std::size_t input_size,
                                           const TorchParams& params) {
  const at::Device device = use_device(params.device);
  const Script script(path, device);
  const std::size_t dim = translated(path, [&] {
    return dim_of(script, device, static_cast<std::int64_t>(input_size),
                  params);
  });
  return make_forward_engine(path, script, dim, input_size, params);
}

}  // namespace imsearch
