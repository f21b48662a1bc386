#include "query_vectors.h"

#include "base/error.h"
#include "io/commit_mark.h"
#include "io/sidecar.h"

#include <optional>
#include <vector>

namespace imsearch {

VectorSet open_query_vectors(const SearchedIndex& index,
                             const std::string& path) {
  const SettledVectors settled(path);
  const std::optional<Sidecar> sidecar = read_sidecar(path);
  const ModelIdentity& built = index.model();
  if (sidecar && !same_model(sidecar->model, built))
    fail("{}: made by {}, but {} by {}: rows of two models cannot be compared",
         sidecar_path(path), describe(sidecar->model), index.where(),
         describe(built));
  VectorSet vectors(std::vector<std::string>{path}, index.dim());
  settled.check();
  return vectors;
}

}  // namespace imsearch
