#include "extract/engine.h"

namespace imsearch {

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

}  // namespace imsearch
