// Credentials from the environment, of which one kind is used: the first of API
// key, AWS and user with password that is there. Half of a pair is an error,
// for going on without it would end in a refusal that names no reason.
#include "remote/endpoint.h"

#include "base/error.h"
#include "io/file.h"

#include <cstdlib>
#include <optional>

namespace imsearch {
namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

/// "us-west-2" of "search-x.us-west-2.es.amazonaws.com", given ".es.…".
std::optional<std::string> region_before(const std::string& host,
                                         const std::string& ending) {
  if (host.size() <= ending.size() ||
      host.compare(host.size() - ending.size(), ending.size(), ending) != 0)
    return std::nullopt;
  const std::string before = host.substr(0, host.size() - ending.size());
  return before.substr(before.rfind('.') + 1);
}

void refuse_serverless(const ServiceUrl& url) {
  if (region_before(url.host, ".aoss.amazonaws.com"))
    fail(
        "{}: OpenSearch Serverless lets nobody choose ids or merge segments: "
        "push needs both; take a managed domain or a cluster of your own",
        url.text());
}

Access::Aws aws_from_environment(const ServiceUrl& url,
                                 const std::string& wanted_region) {
  Access::Aws aws;
  aws.region = wanted_region;
  if (aws.region.empty())
    aws.region = region_before(url.host, ".es.amazonaws.com").value_or("");
  if (aws.region.empty()) return {};
  aws.service = "es";
  aws.key_id = variable("AWS_ACCESS_KEY_ID");
  aws.secret = variable("AWS_SECRET_ACCESS_KEY");
  aws.session_token = variable("AWS_SESSION_TOKEN");
  // Only the host's name speaks for AWS, and there are no keys: a domain that
  // is open to its network needs no signature.
  if (wanted_region.empty() && aws.key_id.empty() && aws.secret.empty())
    return {};
  if (aws.key_id.empty() || aws.secret.empty())
    fail("{}: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are needed both",
         url.text());
  return aws;
}

/// A line break in a secret would end the header it travels in.
void check_header_value(const std::string& value, const char* name) {
  if (value.find_first_of("\r\n") != std::string::npos)
    fail("{} holds a line break", name);
}

}  // namespace

std::string Access::describe() const {
  if (!api_key.empty()) return "an API key";
  if (!aws.region.empty()) return "AWS " + aws.region;
  if (!user.empty()) return "user " + user;
  return "nobody, or ~/.netrc";
}

Access access_from_environment(const ServiceUrl& url,
                               const AccessParams& params) {
  refuse_serverless(url);
  Access access;
  access.ca_file = params.ca_file;
  if (!access.ca_file.empty() && !file_exists(access.ca_file))
    fail("{}: no such file of certificates", access.ca_file);
  access.api_key = variable("IMSEARCH_API_KEY");
  check_header_value(access.api_key, "IMSEARCH_API_KEY");
  if (!access.api_key.empty()) return access;
  access.aws = aws_from_environment(url, params.aws_region);
  check_header_value(access.aws.session_token, "AWS_SESSION_TOKEN");
  if (!access.aws.region.empty()) return access;
  access.user = variable("IMSEARCH_USER");
  access.password = variable("IMSEARCH_PASSWORD");
  if (access.user.empty() != access.password.empty())
    fail("IMSEARCH_USER and IMSEARCH_PASSWORD are needed both, or neither");
  return access;
}

}  // namespace imsearch
