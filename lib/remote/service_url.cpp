#include "remote/service_url.h"

#include "base/error.h"
#include "io/text.h"

#include <curl/curl.h>

#include <algorithm>
#include <memory>

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

/// The text before what may be a password, for messages.
std::string without_user(const std::string& url) {
  const std::size_t at = url.rfind('@');
  const std::size_t scheme = url.find("://");
  if (at == std::string::npos) return printable(url);
  return printable(
      (scheme == std::string::npos ? "" : url.substr(0, scheme + 3)) + "..." +
      url.substr(at));
}

/// What both services ask of the names of indexes, but for those that start
/// with a dot: these are the service's own.
void check_index_name(const std::string& name, const std::string& url) {
  const auto is_allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  };
  constexpr std::size_t kMaxBytes = 255;
  if (!std::all_of(name.begin(), name.end(), is_allowed) ||
      name.find_first_of("-_.") == 0 || name.size() > kMaxBytes)
    fail(
        "{}: '{}' is no name for an index: lower-case letters, digits, - _ and "
        ". within it",
        printable(url), printable(name));
}

}  // namespace

ServiceUrl parse_service_url(const std::string& text) {
  const Url url(curl_url());
  // Only what was written: no scheme is guessed.
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
    fail("{}: no URL such as http://host:9200/INDEX", printable(text));
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
