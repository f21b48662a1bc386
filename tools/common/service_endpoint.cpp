#include "common/service_endpoint.h"

#include "common/cli.h"

#include "base/error.h"
#include "base/progress.h"

namespace imsearch {
namespace {

/// AWS's is only used to sign, and never sent. What ~/.netrc may say of the
/// host is libcurl's to read.
bool sends_secret(const Access& access) {
  return !access.api_key.empty() || !access.user.empty();
}

ServiceUrl parse_url(const std::string& url) {
  try {
    return parse_service_url(url);
  } catch (const Error& e) {
    throw cli::UsageError(e.what());
  }
}

}  // namespace

Endpoint endpoint_of(const std::string& url, const AccessParams& params) {
  Endpoint endpoint;
  endpoint.url = parse_url(url);
  endpoint.access = access_from_environment(endpoint.url, params);
  if (!endpoint.url.encrypted && sends_secret(endpoint.access) &&
      !endpoint.url.is_this_machine())
    cli::say(endpoint.url.root + ": http is not encrypted: others can read " +
             endpoint.access.describe() + "'s secret on its way");
  return endpoint;
}

void say_unfinished(const RemoteIndex& index) {
  if (const auto loading_to = index.meta().loading_to)
    cli::say(fmt::format(
        "{}: a load is unfinished: {} of {} rows can be found; push goes on "
        "with it",
        index.where(), grouped(index.rows()), grouped(*loading_to)));
}

}  // namespace imsearch
