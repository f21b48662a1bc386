// The options about an index that mean the same in every tool: how it is built
// and searched, and where it is if a service has it. Apart from options.h, so
// that extract does not see the index.
#pragma once

#include "common/cli11.h"

#include "base/search.h"
#include "index/index.h"
#include "remote/endpoint.h"

#include <cstddef>
#include <string>
#include <vector>

namespace imsearch {

/// The index that --url names, for the tools that otherwise open an index file.
struct ServiceParams {
  std::string url;  // empty: an index file
  AccessParams access;
};

/// Registers --url and, to go with it only, add_access(). `local`: options that
/// mean nothing at a service, registered before.
void add_service(CLI::App& app, ServiceParams& params,
                 const std::vector<std::string>& local);

/// Throws UsageError if no service gives so many neighbours, or keeps so many
/// candidates. `leaves_out`: the row asked for is found, too, and dropped.
void check_service_limits(std::size_t k, std::size_t ef, bool leaves_out);

/// Registers --cacert and --aws-region.
void add_access(CLI::App& app, AccessParams& params);

namespace cli {

inline constexpr std::size_t kMaxCandidates = 1000000;  // of --ef and --top

void add_top(CLI::App& app, std::size_t& k);                     // -k, --top
void add_ef_list(CLI::App& app, std::vector<std::size_t>& efs);  // --ef A,B
void add_rerank(CLI::App& app,
                SearchParams& params);  // --rerank-codes, --rerank
void add_search(CLI::App& app, SearchParams& params);  // these, -k, --ef
void add_name_rules(CLI::App& app, NameRules& rules);  // --only, --not
/// Says on stderr, once, if an `ef` is less than `k`: a search keeps at least k
/// candidates.
void say_if_raised(const std::vector<std::size_t>& efs, std::size_t k);
void add_hnsw(CLI::App& app,
              HnswParams& params);  // -M, --links, --ef-construction

}  // namespace cli
}  // namespace imsearch
