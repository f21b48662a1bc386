#include "extract_engine.h"

namespace imsearch {

const char* tool_of(EngineKind engine) {
  return engine == EngineKind::kTorch ? "extract-torch" : "extract";
}

const char* name_of(EngineKind engine) {
  return engine == EngineKind::kTorch ? "torch" : "onednn";
}

}  // namespace imsearch
