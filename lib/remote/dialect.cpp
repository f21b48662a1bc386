// What both dialects share: scores, and the choice between them.
//
// Services score so that more is better and nothing is negative: (1 + cos) / 2
// in space cosine, 1 / (1 + d) with the squared distance d in l2, and in
// innerproduct 1 + ip where the product ip is positive, else 1 / (1 - ip).
#include "remote/dialect.h"

namespace imsearch {

double cosine_of_score(double score, Space space) {
  switch (space) {
    case Space::kCosine:
      return 2 * score - 1;
    // d = 2 - 2 cos for vectors of length 1.
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
