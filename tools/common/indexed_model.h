// The network that made an index, for images that are to be compared with it.
#pragma once

#include "common/extract_client.h"

#include "search/search_index.h"

#include <memory>
#include <string>

namespace imsearch {

/// Runs extract with the network that made `index`: with its weights in the
/// file `weights`, or its module in the file `model`, where one of them is not
/// empty; else with what the index records. `threads` 0: all CPUs. Throws Error
/// where there is no such network, naming what is missing, or where it is
/// another one.
std::unique_ptr<ExtractClient> extract_for(const SearchIndex& index,
                                           const std::string& weights,
                                           const std::string& model,
                                           unsigned threads);

}  // namespace imsearch
