// What makes the binary extract: it runs the built-in network on oneDNN, or in
// 8-bit integers, and loads nothing of libtorch. For what only that can do, it
// becomes extract-torch.
#include "extract/model.h"

namespace imsearch {

const EngineKind kLinkedEngine = EngineKind::kOnednn;

Model load_model(const ModelOptions& options) {
  return load_network(options, options.precision == kInt8Precision
                                   ? make_int8_engine
                                   : make_onednn_engine);
}

}  // namespace imsearch
