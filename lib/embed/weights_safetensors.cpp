#include "embed/safetensors.h"
#include "embed/weights.h"
#include "embed/weights_metadata.h"
#include "embed/weights_named.h"

namespace imsearch {

Weights read_safetensors_weights(const std::string& path) {
  const SafetensorsFile file(path);
  Weights weights;
  apply_metadata(file.metadata(), path, weights);
  weights.tensors = take_mobilenet_tensors(file);
  return weights;
}

}  // namespace imsearch
