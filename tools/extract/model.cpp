// The parts of a model that do not depend on the engine. The rest is in
// engine_onednn.cpp and engine_torch.cpp, one of which each binary is linked
// with: which engine runs is decided by which binary does.
#include "extract/model.h"

#include "common/cli.h"
#include "common/version.h"

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

std::string model_file(const ModelOptions& options) {
  if (!options.model.empty()) return options.model;
  return options.sha256.empty() ? find_weights(options.weights)
                                : find_weights_of_model(options.sha256);
}

Model load_network(
    const ModelOptions& options,
    const std::function<std::unique_ptr<Engine>(const Weights&)>& make_engine) {
  const std::string path = model_file(options);
  Weights weights = read_weights(path);
  // A choice of the user's, that changes the rows: it is part of the identity.
  weights.preprocessing.exif = options.exif;
  weights.identity.exif = options.exif;
  return {weights.identity, weights.preprocessing, make_engine(weights),
          is_demo(path)};
}

void say_model(const Model& model) {
  std::string text = "network: " + describe(model.identity);
  if (model.demo) text += ", a demonstration: --weights names better ones";
  cli::say(text);
}

}  // namespace imsearch
