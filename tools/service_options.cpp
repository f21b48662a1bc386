#include "service_options.h"

#include "cli.h"

namespace imsearch {
namespace {

bool is_this_machine(const std::string& host) {
  return host == "localhost" || host == "::1" || host.rfind("127.", 0) == 0;
}

bool has_secret(const Access& access) {
  return !access.api_key.empty() || !access.user.empty() ||
         !access.aws.region.empty();
}

}  // namespace

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

Endpoint endpoint_of(const std::string& url, const AccessParams& params) {
  Endpoint endpoint;
  endpoint.url = parse_service_url(url);
  endpoint.access = access_from_environment(endpoint.url, params);
  if (!endpoint.url.encrypted && has_secret(endpoint.access) &&
      !is_this_machine(endpoint.url.host))
    cli::complain(endpoint.url.root +
                  ": http is not encrypted: others can read " +
                  endpoint.access.describe() + "'s secret on its way");
  return endpoint;
}

}  // namespace imsearch
