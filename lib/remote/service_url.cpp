// Takes a URL apart by libcurl, which will send the requests: both then
// understand it alike. What would show a secret, or names no index, is refused.
#include "remote/service_url.h"

#include "base/error.h"
#include "io/text.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string_view>

namespace imsearch {
namespace {

struct UrlDeleter {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using Url = std::unique_ptr<CURLU, UrlDeleter>;

/// Empty where the URL has no such part.
std::string part_of(const Url& url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url.get(), part, &text, 0) != CURLUE_OK) return {};
  std::string copy = text;
  curl_free(text);
  return copy;
}

/// The URL without what may be user and password, for messages.
std::string without_user(const std::string& url) {
  const std::size_t at = url.rfind('@');
  const std::size_t scheme = url.find("://");
  if (at == std::string::npos) return printable(url);
  return printable(
      (scheme == std::string::npos ? "" : url.substr(0, scheme + 3)) + "..." +
      url.substr(at));
}

/// "::1", also as "::1%lo", and 127.0.0.0/8 within IPv6.
bool is_loopback6(const std::string& host) {
  in6_addr address = {};
  const std::string without_zone = host.substr(0, host.find('%'));
  if (::inet_pton(AF_INET6, without_zone.c_str(), &address) != 1) return false;
  constexpr std::size_t kV4At = 12;
  constexpr unsigned char kLoopback4 = 127;
  return IN6_IS_ADDR_LOOPBACK(&address) ||
         (IN6_IS_ADDR_V4MAPPED(&address) &&
          address.s6_addr[kV4At] == kLoopback4);
}

/// 127.0.0.0/8. libcurl has rewritten shorter forms ("127.1") as four numbers.
bool is_loopback4(const std::string& host) {
  in_addr address = {};
  constexpr std::uint32_t kFirstByte = 24;
  return ::inet_pton(AF_INET, host.c_str(), &address) == 1 &&
         ntohl(address.s_addr) >> kFirstByte == 127;
}

/// "localhost", or what ends in ".localhost"; in capitals, too, and with the
/// dot that ends a full name.
bool is_localhost(std::string host) {
  constexpr std::string_view kName = ".localhost";
  if (!host.empty() && host.back() == '.') host.pop_back();
  host.insert(host.begin(), '.');
  return host.size() >= kName.size() &&
         curl_strequal(host.c_str() + host.size() - kName.size(),
                       kName.data()) != 0;
}

/// Throws Error for a name that one of the services does not allow, or that
/// starts with a dot: such indexes are the service's own.
void check_index_name(const std::string& name, const std::string& url) {
  const auto is_allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  };
  constexpr std::size_t kMaxBytes = 255;
  if (!std::all_of(name.begin(), name.end(), is_allowed) ||
      name.find_first_of("-_.") == 0 || name.size() > kMaxBytes)
    fail(
        "{}: '{}' is not a name for an index: lower-case letters, digits, - _ "
        "and "
        ". within it",
        printable(url), printable(name));
}

}  // namespace

bool ServiceUrl::is_this_machine() const {
  return is_localhost(host) || is_loopback4(host) || is_loopback6(host);
}

ServiceUrl parse_service_url(const std::string& text) {
  const Url url(curl_url());
  // The flag that lets libcurl guess a scheme is not given: "host:9200/x" is an
  // error here, and not whatever libcurl would make of it.
  const CURLUcode code =
      curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0);
  if (text.find('@') != std::string::npos &&
      (code != CURLUE_OK || !part_of(url, CURLUPART_USER).empty()))
    fail(
        "{}: user and password do not belong into a URL, which others can see: "
        "put them into ~/.netrc, or IMSEARCH_USER and IMSEARCH_PASSWORD",
        without_user(text));
  const std::string scheme = part_of(url, CURLUPART_SCHEME);
  if (code != CURLUE_OK || (scheme != "http" && scheme != "https"))
    fail("{}: not a URL such as http://host:9200/INDEX", printable(text));
  if (!part_of(url, CURLUPART_QUERY).empty() ||
      !part_of(url, CURLUPART_FRAGMENT).empty())
    fail("{}: a URL without ? and # is needed", printable(text));
  std::string path = part_of(url, CURLUPART_PATH);
  while (!path.empty() && path.back() == '/') path.pop_back();
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos)
    fail("{}: names no index: http://host:9200/INDEX", printable(text));

  ServiceUrl service;
  service.index = path.substr(slash + 1);
  check_index_name(service.index, text);
  service.encrypted = scheme == "https";
  service.host = part_of(url, CURLUPART_HOST);
  const std::string port = part_of(url, CURLUPART_PORT);
  service.root = scheme + "://" + service.host +
                 (port.empty() ? "" : ":" + port) + path.substr(0, slash);
  if (service.host.front() == '[')
    service.host = service.host.substr(1, service.host.size() - 2);
  return service;
}

}  // namespace imsearch
