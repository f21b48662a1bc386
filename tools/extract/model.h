// The network that one run of extract uses.
#pragma once

#include "common/model_options.h"

#include "embed/engine.h"
#include "image/preprocess.h"
#include "io/sidecar.h"
#include "weights/find.h"

#include <functional>
#include <memory>
#include <string>

namespace imsearch {

enum class EngineKind { kOnednn, kTorch };

/// The engine that this binary was linked with: engine_onednn.cpp in
/// extract, engine_torch.cpp in extract-torch.
extern const EngineKind kLinkedEngine;

/// The engine that these options ask for; the linked one where they ask for
/// none.
EngineKind engine_for(const ModelOptions& options);

/// The tool that has `engine`, and its name in --engine.
const char* tool_of(EngineKind engine);
const char* name_of(EngineKind engine);

struct Model {
  ModelIdentity identity;
  Preprocessing preprocessing;
  std::unique_ptr<Engine> engine;
  bool demo = false;           // the bundled demonstration weights
  std::string device = "cpu";  // or "cuda, 64 at a time"

  /// What is recorded beside its vectors.
  Sidecar sidecar() const;
};

/// The model that `options` ask for, on the linked engine; each binary has its
/// own (engine_onednn.cpp, engine_torch.cpp). Throws Error.
Model load_model(const ModelOptions& options);

/// The file that `options` ask for: --model, --weights, or weights that have
/// --model-sha256. Throws Error if there is none.
WeightsFile model_file(const ModelOptions& options);

/// The built-in network with the weights in model_file(). Throws Error.
Model load_network(
    const ModelOptions& options,
    const std::function<std::unique_ptr<Engine>(const Weights&)>& make_engine);

/// Says on stderr which network runs and, in a line of its own, where better
/// weights than the bundled ones come from.
void say_model(const Model& model);

}  // namespace imsearch
