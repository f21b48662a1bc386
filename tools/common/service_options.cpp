#include "common/service_options.h"

#include "common/cli.h"

#include "remote/remote_index.h"

#include <CLI/CLI.hpp>

namespace imsearch {
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
