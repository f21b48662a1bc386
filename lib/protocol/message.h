// What a client asks and what it gets, whoever carries them: the same for a
// socket, a test and a fuzzer.
#pragma once

#include "base/error.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace imsearch {

/// A request, read whole. Names of parameters and their values are decoded, the
/// parts of the path as well.
struct Request {
  std::string method;               // "GET"; HEAD is answered like GET
  std::vector<std::string> path;    // of "/a/b%20c": "a", "b c"
  bool path_ends_in_slash = false;  // "/a/"
  std::vector<std::pair<std::string, std::string>> parameters;
  std::string content_type;  // of the body, as the client says
  std::string accept;        // what it would like to get
  std::string body;

  /// The value of a parameter; none where it is not given.
  const std::string* parameter(std::string_view name) const;
};

/// What is sent back.
struct Reply {
  int status = 200;
  std::string content_type = "application/json; charset=UTF-8";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;  // besides
};

/// Why a request is not answered, as clients of the search protocol read it.
/// The text is the reason.
struct RequestError : Error {
  RequestError(int http_status, std::string error_type,
               const std::string& reason)
      : Error(reason), status(http_status), type(std::move(error_type)) {}

  int status;
  std::string type;  // "parsing_exception"
};

/// Throws RequestError with status 400: the request is not what it should be.
template <typename... Args>
[[noreturn]] void fail_request(fmt::format_string<Args...> format,
                               Args&&... args) {
  throw RequestError(400, "illegal_argument_exception",
                     fmt::format(format, std::forward<Args>(args)...));
}

/// An error in the protocol's own form.
Reply error_reply(int status, const std::string& type,
                  const std::string& reason);

/// Splits "/a/b?x=y" into the parts of `request` and decodes them. Throws
/// RequestError: a % without two digits, NUL, more than 100 parameters.
void read_target(std::string_view target, Request& request);

/// "a%20b+c" as "a b+c"; `plus` makes the + a space, as in a query. Throws
/// RequestError.
std::string percent_decoded(std::string_view text, bool plus);

}  // namespace imsearch
