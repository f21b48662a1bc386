#include "query/service.h"

#include "common/cli.h"

namespace imsearch {

std::unique_ptr<SearchedIndex> open_at_service(const QueryOptions&, AskParams&,
                                               char** argv) {
  cli::become_sibling("query-service", argv);
}

}  // namespace imsearch
