#include "remote/dialect.h"

namespace imsearch {

double cosine_of_score(double score, Space space) {
  switch (space) {
    case Space::kCosine:
      return 2 * score - 1;
    // The score is 1 / (1 + d) with d the squared distance, 2 - 2 cos.
    case Space::kL2:
      return 1 - (1 / score - 1) / 2;
    case Space::kInnerProduct:
      return score >= 1 ? score - 1 : 1 - 1 / score;
  }
  fail("no such space: {}", static_cast<int>(space));
}

void check_dim(const ServiceInfo& service, const IndexSpec& spec,
               std::size_t most) {
  if (spec.dim > most)
    fail("rows of {} floats: {} takes {} at most", spec.dim, service.text(),
         most);
}

std::unique_ptr<const Dialect> dialect_of(const ServiceInfo& service) {
  if (service.kind == ServiceKind::kOpenSearch)
    return opensearch_dialect(service);
  return elasticsearch_dialect(service);
}

}  // namespace imsearch
