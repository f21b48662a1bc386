// query --url. Asking a service takes libcurl and all that it loads, whose
// start costs more than all the rest of query's: only query-service links it.
#pragma once

#include "query/options.h"

#include "search/search_index.h"

#include <memory>

namespace imsearch {

/// In query-service (service.cpp): opens the index that --url names;
/// where no --ef is given, `params` get the index's own. Throws Error as
/// ServiceIndex. In query (without_service.cpp): goes on as
/// query-service, with the same arguments `argv` and name.
std::unique_ptr<SearchIndex> open_at_service(const QueryOptions& options,
                                             SearchParams& params, char** argv);

}  // namespace imsearch
