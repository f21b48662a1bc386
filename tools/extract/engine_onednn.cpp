#include "extract/model.h"

namespace imsearch {

const EngineKind kLinkedEngine = EngineKind::kOnednn;

Model load_model(const ModelOptions& options) {
  return load_network(options, make_onednn_engine);
}

}  // namespace imsearch
