// What makes the binary query-service: it can ask an index at a service.
#include "query/service.h"

#include "common/service_endpoint.h"

#include "search/service_index.h"

namespace imsearch {

std::unique_ptr<SearchIndex> open_at_service(const QueryOptions& options,
                                             SearchParams& params, char**) {
  auto opened = std::make_unique<ServiceIndex>(
      endpoint_of(options.service.url, options.service.access));
  say_unfinished(opened->index());
  if (!options.ef_given()) params.ef = opened->index().meta().spec.ef;
  return opened;
}

}  // namespace imsearch
