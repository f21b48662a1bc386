// The options of building, searching and reaching an index, each registered in
// one place with its help, range and default.
#include "common/index_options.h"

#include "common/cli.h"

#include "remote/remote_index.h"

#include <CLI/CLI.hpp>

namespace imsearch {
namespace cli {

void add_top(CLI::App& app, std::size_t& k) {
  app.add_option("-k,--top", k, "Neighbours per query")
      ->check(CLI::Range(std::size_t{1}, kMaxCandidates))
      ->capture_default_str();
}

void add_ef_list(CLI::App& app, std::vector<std::size_t>& efs) {
  app.add_option("--ef", efs,
                 "Candidates kept while searching, one or several numbers")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(CLI::Range(std::size_t{1}, kMaxCandidates))
      ->capture_default_str();
}

void add_search(CLI::App& app, SearchParams& params) {
  add_top(app, params.k);
  app.add_option("--ef", params.ef,
                 "Candidates kept while searching: more finds more, slower")
      ->check(CLI::Range(std::size_t{1}, kMaxCandidates))
      ->capture_default_str();
  add_rerank(app, params);
}

void add_rerank(CLI::App& app, SearchParams& params) {
  app.add_option("--rerank-codes", params.rerank_codes,
                 "Of those, the best that 8-bit codes re-rank; 0: all")
      ->check(CLI::Range(std::size_t{0}, kMaxCandidates))
      ->capture_default_str();
  app.add_option("--rerank", params.rerank,
                 "Of those, the best that are compared exactly; 2 k at least")
      ->check(CLI::Range(std::size_t{1}, kMaxCandidates))
      ->capture_default_str();
}

void add_hnsw(CLI::App& app, HnswParams& params) {
  app.add_option("-M,--links", params.M,
                 "Links per row (twice as many at level 0)")
      ->check(CLI::Range(std::size_t{2}, std::size_t{512}))
      ->capture_default_str();
  app.add_option("--ef-construction", params.ef_construction,
                 "Candidates looked at for each row's links")
      ->check(CLI::Range(std::size_t{1}, std::size_t{100000}))
      ->capture_default_str();
}

}  // namespace cli

void add_access(CLI::App& app, AccessParams& params) {
  app.add_option("--cacert", params.ca_file,
                 "File of certificates to trust, for https (default: the "
                 "system's)")
      ->type_name("FILE");
  app.add_option("--aws-region", params.aws_region,
                 "Sign requests for AWS in this region (default: as the "
                 "host's name says)")
      ->type_name("REGION");
}

void add_service(CLI::App& app, ServiceParams& params,
                 const std::vector<std::string>& local) {
  CLI::Option* url =
      app.add_option("--url", params.url,
                     "Ask this index at OpenSearch or Elasticsearch instead of "
                     "an index file: http://host:9200/INDEX")
          ->type_name("URL");
  for (const std::string& option : local) url->excludes(option);
  add_access(app, params.access);
  for (const char* option : {"--cacert", "--aws-region"})
    app.get_option(option)->needs(url);
}

void check_service_limits(std::size_t k, std::size_t ef, bool leaves_out) {
  const std::size_t most = kMaxRemoteTop - (leaves_out ? 1 : 0);
  if (k > most)
    cli::fail_usage("-k {}: a service gives {} neighbours at most{}", k, most,
                    leaves_out ? " beside the image asked for" : "");
  if (ef > kMaxRemoteTop)
    cli::fail_usage("--ef {}: a service keeps {} candidates at most", ef,
                    kMaxRemoteTop);
}

}  // namespace imsearch
