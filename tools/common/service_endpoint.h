// Reaching the index that a URL names. Apart from the options, since it takes
// libcurl.
#pragma once

#include "remote/endpoint.h"
#include "remote/remote_index.h"

#include <string>

namespace imsearch {

/// Where `url` leads, and who we are there, as the environment says. Throws
/// UsageError for what is not such a URL, Error as access_from_environment();
/// says on stderr if a secret would go over an open line to another machine.
Endpoint endpoint_of(const std::string& url, const AccessParams& params);

/// Warns on stderr while a load is unfinished.
void say_unfinished(const RemoteIndex& index);

}  // namespace imsearch
