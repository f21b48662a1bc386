#include "extract_engine.h"

namespace imsearch {

const EngineKind kLinkedEngine = EngineKind::kOnednn;

std::unique_ptr<Engine> make_linked_engine(const Weights& weights) {
  return make_onednn_engine(weights);
}

}  // namespace imsearch
