#include "common/query_vectors.h"

#include "base/error.h"
#include "io/described_vectors.h"

#include <utility>

namespace imsearch {

VectorSet open_query_vectors(const SearchIndex& index,
                             const std::string& path) {
  DescribedVectors described({path}, index.dim(), index.where());
  const ModelIdentity& built = index.model();
  if (!same_model(described.model(), built))
    fail("{}: made by {}, but {} by {}: rows of two models cannot be compared",
         described.model_from(), describe(described.model()), index.where(),
         describe(built));
  described.check_settled();
  return VectorSet(std::move(described.files()));
}

}  // namespace imsearch
