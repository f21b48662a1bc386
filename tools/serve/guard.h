// Who may ask: by which name the service is called (a page of another site may
// have its own name lead here: DNS rebinding), from whose page, and with which
// token.
#pragma once

#include "serve/exchange.h"

#include <optional>
#include <string>
#include <vector>

namespace imsearch {

/// ASCII alone, as names of hosts are.
std::string lower_case(std::string text);

/// Hosts and origins are given in lower case.
struct GuardParams {
  std::string token;                 // empty: none is asked for
  std::vector<std::string> hosts;    // names beside addresses and localhost
  std::vector<std::string> origins;  // pages that may ask; "*": all
};

/// Immutable; any thread.
class Guard {
 public:
  explicit Guard(GuardParams params) : params_(std::move(params)) {}

  /// A reply that refuses the request, or none. Also the reply to a browser
  /// that asks whether it may ask (OPTIONS).
  std::optional<Reply> refusal(const RequestHead& head,
                               const std::string& method) const;

  /// Adds what lets pages of other origins read the reply, if they may.
  void allow_origin(const RequestHead& head, Reply& reply) const;

 private:
  bool knows_host(const std::string& host) const;
  bool knows_origin(const RequestHead& head) const;
  bool knows_token(const std::string& authorization) const;

  GuardParams params_;
};

/// The token in a file: its first line, at least 16 characters. Throws Error.
std::string read_token(const std::string& path);

}  // namespace imsearch
