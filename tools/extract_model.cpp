#include "extract_model.h"

#include "cli.h"
#include "embed/weights_find.h"
#include "extract_engine.h"
#include "version.h"

namespace imsearch {

Sidecar Model::sidecar() const {
  return {engine->dim(), identity, IMSEARCH_VERSION};
}

Model load_model(const std::string& weights, const std::string& model_sha256,
                 bool exif) {
  const std::string path = weights.empty() && !model_sha256.empty()
                               ? find_weights_of_model(model_sha256)
                               : find_weights(weights);
  Weights read = read_weights(path);
  read.preprocessing.exif = exif;
  read.identity.exif = exif;
  return {read.identity, read.preprocessing, make_linked_engine(read),
          is_demo(path)};
}

void say_model(const Model& model) {
  std::string text = "network: " + describe(model.identity);
  if (model.demo) text += ", a demonstration: --weights names better ones";
  cli::complain(text);
}

}  // namespace imsearch
