#include "serve/guard.h"

#include "io/file.h"
#include "io/text.h"

#include <arpa/inet.h>
#include <nettle/memops.h>

#include <algorithm>
#include <string_view>

namespace imsearch {
namespace {

constexpr std::size_t kShortestToken = 16;

/// The host of "host:port" and "[::1]:port", without brackets.
std::string host_in(const std::string& text) {
  if (!text.empty() && text[0] == '[') {
    const std::size_t end = text.find(']');
    return end == std::string::npos ? text : text.substr(1, end - 1);
  }
  return lower_case(text.substr(0, text.find(':')));
}

bool is_address(const std::string& host) {
  unsigned char bytes[16];
  return ::inet_pton(AF_INET, host.c_str(), bytes) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), bytes) == 1;
}

/// In a time that depends on the length of `given` alone.
bool is_equal(const std::string& given, const std::string& token) {
  // memeql_sec() compares as many bytes of both.
  std::string padded = given;
  padded.resize(token.size());
  const bool same =
      ::nettle_memeql_sec(padded.data(), token.data(), token.size()) == 1;
  return same && given.size() == token.size();
}

/// What stands behind "scheme " in any case; empty where it is another one.
std::string behind_scheme(const std::string& authorization,
                          std::string_view scheme) {
  if (authorization.size() <= scheme.size() ||
      authorization[scheme.size()] != ' ' ||
      lower_case(authorization.substr(0, scheme.size())) != scheme)
    return "";
  return authorization.substr(scheme.size() + 1);
}

Reply unauthorized() {
  Reply reply = error_reply(
      401, "security_exception",
      "this service asks for a token: Authorization: Bearer TOKEN, or the "
      "token as the password of any user");
  // Browsers ask their user by the second.
  reply.headers.emplace_back("WWW-Authenticate", "Basic realm=\"imsearch\"");
  return reply;
}

Reply preflight() {
  Reply reply;
  reply.status = 204;
  reply.headers = {
      {"Access-Control-Allow-Methods", "GET, HEAD, POST"},
      {"Access-Control-Allow-Headers", "Authorization, Content-Type"},
      {"Access-Control-Max-Age", "600"}};
  return reply;
}

}  // namespace

std::string lower_case(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

bool Guard::knows_host(const std::string& text) const {
  const std::string host = host_in(text);
  return host == "localhost" || is_address(host) ||
         std::find(params_.hosts.begin(), params_.hosts.end(), host) !=
             params_.hosts.end();
}

bool Guard::knows_origin(const RequestHead& head) const {
  const std::string& origin = head.origin;
  const std::size_t scheme = origin.find("://");
  // A page of ours: its origin is the host that was asked.
  if (scheme != std::string::npos &&
      lower_case(origin.substr(scheme + 3)) == lower_case(head.host))
    return true;
  return std::any_of(params_.origins.begin(), params_.origins.end(),
                     [&](const std::string& known) {
                       return known == "*" || known == lower_case(origin);
                     });
}

bool Guard::knows_token(const std::string& authorization) const {
  if (params_.token.empty()) return true;
  for (const char* scheme : {"bearer", "apikey"})
    if (const std::string given = behind_scheme(authorization, scheme);
        !given.empty())
      return is_equal(given, params_.token);
  const std::string user = from_base64(behind_scheme(authorization, "basic"));
  const std::size_t colon = user.find(':');
  return colon != std::string::npos &&
         is_equal(user.substr(colon + 1), params_.token);
}

std::optional<Reply> Guard::refusal(const RequestHead& head,
                                    const std::string& method) const {
  if (head.is_ambiguous)
    return error_reply(400, "illegal_argument_exception",
                       "the request's length or host is given twice");
  if (head.has_host && !knows_host(head.host))
    return error_reply(
        403, "security_exception",
        fmt::format("the service is not known by the name {}: --allow-host "
                    "says which names are its own",
                    printable(host_in(head.host))));
  if (head.has_origin && !knows_origin(head))
    return error_reply(
        403, "security_exception",
        fmt::format("pages of {} may not ask: --allow-origin says which may",
                    printable(head.origin)));
  // Browsers send no token with this.
  if (method == "OPTIONS" && head.has_origin) return preflight();
  if (!knows_token(head.authorization)) return unauthorized();
  return std::nullopt;
}

void Guard::allow_origin(const RequestHead& head, Reply& reply) const {
  if (params_.origins.empty() || !head.has_origin || !knows_origin(head))
    return;
  reply.headers.emplace_back("Access-Control-Allow-Origin", head.origin);
  reply.headers.emplace_back("Vary", "Origin");
}

std::string read_token(const std::string& path) {
  std::string token = read_prefix(path, 4096);
  token.resize(std::min(token.find_first_of("\r\n"), token.size()));
  if (token.size() < kShortestToken)
    fail("{}: a token of {} characters: at least {} cannot be guessed", path,
         token.size(), kShortestToken);
  return token;
}

}  // namespace imsearch
