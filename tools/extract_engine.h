// Which library runs the network. Each binary of extract has one engine, so
// that only who needs libtorch starts it.
#pragma once

#include "embed/engine.h"
#include "embed/weights.h"

#include <memory>

namespace imsearch {

enum class EngineKind { kOnednn, kTorch };

/// The engine that this binary was linked with: extract_engine_onednn.cpp in
/// extract, extract_engine_torch.cpp in extract-torch.
extern const EngineKind kLinkedEngine;
std::unique_ptr<Engine> make_linked_engine(const Weights& weights);

/// The tool that has `engine`, and its name in --engine.
const char* tool_of(EngineKind engine);
const char* name_of(EngineKind engine);

}  // namespace imsearch
