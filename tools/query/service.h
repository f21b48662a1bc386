// query --url. Asking a service takes libcurl and all that it loads, whose
// start costs more than all the rest of query's: only query-service links it.
#pragma once

#include "common/searched_index.h"
#include "query/options.h"

#include <memory>

namespace imsearch {

/// In query-service (service.cpp): opens the index that --url names;
/// where no --ef is given, `params` get the index's own. Throws Error as
/// ServiceIndex. In query (without_service.cpp): goes on as
/// query-service, with the same arguments `argv` and name.
std::unique_ptr<SearchedIndex> open_at_service(const QueryOptions& options,
                                               AskParams& params, char** argv);

}  // namespace imsearch
