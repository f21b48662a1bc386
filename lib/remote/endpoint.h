// Who we are to a service, and how its certificate is checked.
//
// No secret comes by an option or a URL, where other users of the machine could
// read it, and none goes into a message.
#pragma once

#include "remote/service_url.h"

#include <string>

namespace imsearch {

/// At most one kind is set: an API key, else AWS, else user and password, else
/// whatever ~/.netrc says of the host.
struct Access {
  std::string api_key;  // "Authorization: ApiKey …", Elasticsearch's
  std::string user;
  std::string password;

  /// AWS Signature Version 4.
  struct Aws {
    std::string region;   // "us-west-2"; empty: requests are not signed
    std::string service;  // "es"
    std::string key_id;
    std::string secret;
    std::string session_token;  // of temporary credentials; may be empty
  } aws;

  std::string ca_file;  // certificates to trust; empty: the system's

  /// For people: "an API key", "user admin", "AWS us-west-2", "nobody, or
  /// ~/.netrc".
  std::string describe() const;
};

struct AccessParams {
  std::string ca_file;     // --cacert
  std::string aws_region;  // --aws-region; empty: as the host's name says
};

/// From IMSEARCH_API_KEY; AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and
/// AWS_SESSION_TOKEN where a region is given or the host is
/// NAME.REGION.es.amazonaws.com; IMSEARCH_USER and IMSEARCH_PASSWORD. Throws
/// Error: half of a pair is missing, a ca_file that cannot be read, or
/// OpenSearch Serverless (NAME.REGION.aoss.amazonaws.com), which takes no ids
/// of ours and merges nothing.
Access access_from_environment(const ServiceUrl& url,
                               const AccessParams& params);

/// A service, and how to talk to it.
struct Endpoint {
  ServiceUrl url;
  Access access;
};

}  // namespace imsearch
