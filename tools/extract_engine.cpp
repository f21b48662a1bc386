#include "extract_engine.h"

namespace imsearch {

const char* tool_of(EngineKind engine) {
  return engine == EngineKind::kTorch ? "extract-torch" : "extract";
}

}  // namespace imsearch
