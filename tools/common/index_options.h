// The options of building and searching an index that mean the same in every
// tool. Apart from options.h, so that extract does not see the index.
#pragma once

#include "common/cli11.h"

#include "base/search.h"
#include "index/index.h"

#include <cstddef>
#include <vector>

namespace imsearch::cli {

inline constexpr std::size_t kMaxCandidates = 1000000;  // of --ef and --top

void add_top(CLI::App& app, std::size_t& k);                     // -k, --top
void add_ef_list(CLI::App& app, std::vector<std::size_t>& efs);  // --ef A,B
void add_rerank(CLI::App& app,
                SearchParams& params);  // --rerank-codes, --rerank
void add_search(CLI::App& app, SearchParams& params);  // these, -k, --ef
void add_hnsw(CLI::App& app,
              HnswParams& params);  // -M, --links, --ef-construction

}  // namespace imsearch::cli
