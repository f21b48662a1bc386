// Options of the tools that talk to OpenSearch or Elasticsearch.
#pragma once

#include "remote/access.h"

#include <CLI/CLI.hpp>

#include <string>

namespace imsearch {

/// Registers --cacert and --aws-region.
void add_access(CLI::App& app, AccessParams& params);

/// Where `url` leads, and who we are there, as the environment says. Throws
/// Error as parse_service_url() and access_from_environment(); says on stderr
/// if a secret would go over an open line to another machine.
Endpoint endpoint_of(const std::string& url, const AccessParams& params);

}  // namespace imsearch
