// The parts of a model that do not depend on the engine. The rest is in
// engine_onednn.cpp and engine_torch.cpp, one of which each binary is linked
// with: which engine runs is decided by which binary does.
#include "extract/model.h"

#include "common/cli.h"
#include "common/version.h"

#include "base/command.h"
#include "simd/kernels.h"
#include "weights/find.h"

namespace imsearch {

// Without --engine the linked one: extract-torch, started by its own name,
// stays.
EngineKind engine_for(const ModelOptions& options) {
  if (options.needs_torch() || options.engine == "torch")
    return EngineKind::kTorch;
  return options.engine.empty() ? kLinkedEngine : EngineKind::kOnednn;
}

const char* tool_of(EngineKind engine) {
  return engine == EngineKind::kTorch ? "extract-torch" : "extract";
}

const char* name_of(EngineKind engine) {
  return engine == EngineKind::kTorch ? "torch" : "onednn";
}

Sidecar Model::sidecar() const {
  return {engine->dim(), identity, IMSEARCH_VERSION};
}

WeightsFile model_file(const ModelOptions& options) {
  if (!options.model.empty()) return {options.model, ""};
  if (options.sha256.empty()) return {find_weights(options.weights), ""};
  return find_weights_of_model(options.sha256, options.weights);
}

Model load_network(
    const ModelOptions& options,
    const std::function<std::unique_ptr<Engine>(const Weights&)>& make_engine) {
  const WeightsFile file = model_file(options);
  Weights weights = read_weights(file.path, file.sha256);
  // A choice of the user's, that changes the rows: it is part of the identity.
  weights.preprocessing.exif = options.exif;
  weights.identity.exif = options.exif;
  weights.identity.precision = options.precision;
  return {weights.identity, weights.preprocessing, make_engine(weights),
          is_demo(file.path)};
}

void say_model(const Model& model) {
  cli::say("network: " + describe(model.identity));
  if (model.identity.precision == kInt8Precision && !simd::active().int8->quick)
    cli::say(
        "int8 is slower than float32 on this CPU, which has none of the "
        "instructions for it: AVX-512 VNNI, AVX-VNNI, or ARM's dot product");
  if (model.demo)
    cli::say(fmt::format(
        "these are demonstration weights: for better answers run '{}' and give "
        "--weights keras",
        command("fetch-weights keras")));
}

}  // namespace imsearch
