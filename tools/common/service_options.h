// Options of the tools that talk to OpenSearch or Elasticsearch.
#pragma once

#include "common/cli11.h"

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

}  // namespace imsearch
