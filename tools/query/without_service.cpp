// What makes the binary query: it starts in milliseconds, since libcurl, with
// the thirty libraries that it loads, is only in query-service, which query
// becomes for --url.
#include "common/cli.h"
#include "query/service.h"

namespace imsearch {

std::unique_ptr<SearchIndex> open_at_service(const QueryOptions&, SearchParams&,
                                             char** argv) {
  cli::become_sibling("query-service", argv);
}

}  // namespace imsearch
