// The network that one run of extract uses.
#pragma once

#include "embed/engine.h"
#include "image/preprocess.h"
#include "io/sidecar.h"

#include <memory>
#include <string>

namespace imsearch {

struct Model {
  ModelIdentity identity;
  Preprocessing preprocessing;
  std::unique_ptr<Engine> engine;
  bool demo = false;  // the bundled demonstration weights

  /// What is recorded beside its vectors.
  Sidecar sidecar() const;
};

/// Finds and reads weights: `weights` as --weights; where it is empty,
/// `model_sha256` (if not empty) is looked for among the installed ones.
/// `exif`: images are turned as EXIF says. Throws Error.
Model load_model(const std::string& weights, const std::string& model_sha256,
                 bool exif);

/// Says on stderr which network runs.
void say_model(const Model& model);

}  // namespace imsearch
