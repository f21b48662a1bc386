// A line on standard error for each request.
#pragma once

#include "serve/exchange.h"

#include <string>

namespace imsearch {

enum class LogFormat { kText, kJson, kNone };

/// The line of a request that was answered, or lost (status 0); empty for
/// kNone. Without control characters, whatever the client sent, and without
/// secrets.
std::string log_line(LogFormat format, const Exchange& exchange);

}  // namespace imsearch
