// What makes the binary extract-torch: the built-in network, or a TorchScript
// module, on libtorch, which alone can use CUDA.
#include "extract/model.h"

#include "base/command.h"
#include "base/error.h"
#include "image/preprocess_text.h"
#include "io/checksum.h"
#include "io/file.h"

namespace imsearch {
namespace {

/// Images at a time: enough for any GPU to be busy; 39 MB of input at 224
/// pixels.
constexpr std::size_t kCudaBatch = 64;

TorchParams torch_params(const ModelOptions& options) {
  if (!options.on_cuda()) return {};
  return {Device::kCuda, options.batch == 0 ? kCudaBatch : options.batch};
}

/// The SHA-256 of a module, checked before any of it is run.
std::string checked_sha256(const ModelOptions& options) {
  std::string sha256 = sha256_of_file(options.model);
  if (!options.sha256.empty() && sha256 != options.sha256)
    fail("{}: another model than the one wanted: sha256 {}, not {}",
         options.model, short_sha256(sha256), short_sha256(options.sha256));
  return sha256;
}

/// A module says nothing about itself: its file's name and sum, and the options
/// for its pixels, stand for it beside the vectors.
Model load_script(const ModelOptions& options, const TorchParams& params) {
  const Preprocessing preprocessing = options.model_preprocessing();
  const std::string& path = options.model;
  const ModelIdentity identity = {kTorchScript,
                                  "",
                                  base_name(path),
                                  checked_sha256(options),
                                  preprocessing.input_size,
                                  describe(preprocessing),
                                  preprocessing.exif,
                                  absolute_path(path)};
  return {identity, preprocessing,
          make_script_engine(path, preprocessing.input_size, params)};
}

}  // namespace

const EngineKind kLinkedEngine = EngineKind::kTorch;

Model load_model(const ModelOptions& options) {
  if (!options.precision.empty())
    fail("--precision {}: {} computes in float32 only: run {}",
         options.precision, tool_of(kLinkedEngine),
         command(tool_of(EngineKind::kOnednn)));
  const TorchParams params = torch_params(options);
  Model model = options.model.empty()
                    ? load_network(options,
                                   [&](const Weights& weights) {
                                     return make_torch_engine(weights, params);
                                   })
                    : load_script(options, params);
  if (params.device == Device::kCuda)
    model.device = fmt::format("cuda, {} at a time", params.batch);
  return model;
}

}  // namespace imsearch
