// Which library runs the network. Each binary of extract has one engine, so
// that only who needs libtorch starts it.
#pragma once

#include "common/model_options.h"

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

}  // namespace imsearch
