#include "extract_engine.h"

namespace imsearch {

const EngineKind kLinkedEngine = EngineKind::kTorch;

std::unique_ptr<Engine> make_linked_engine(const Weights& weights) {
  return make_torch_engine(weights);
}

}  // namespace imsearch
