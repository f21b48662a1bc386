#include "query/service.h"

#include "common/service_endpoint.h"
#include "common/service_index.h"

namespace imsearch {

std::unique_ptr<SearchedIndex> open_at_service(const QueryOptions& options,
                                               AskParams& params, char**) {
  auto opened = std::make_unique<ServiceIndex>(
      endpoint_of(options.service.url, options.service.access));
  say_unfinished(opened->index());
  if (!options.ef_given()) params.search.ef = opened->index().meta().spec.ef;
  return opened;
}

}  // namespace imsearch
