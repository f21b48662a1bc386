// Requests to a service, by libcurl.
#pragma once

#include "base/error.h"
#include "remote/endpoint.h"

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

namespace imsearch {

/// No answer came: nobody listens there, the connection was cut or too slow.
/// The request may have been carried out all the same. Worth another try.
struct ConnectionError : Error {
  using Error::Error;
};

struct HttpRequest {
  std::string method = "GET";
  std::string path;  // from the service's root on, with a sorted query
  std::string body;  // JSON, or NDJSON if it ends with a newline
  double timeout_s = 60;
};

inline HttpRequest http_get(std::string path) {
  return {"GET", std::move(path), "", HttpRequest().timeout_s};
}
inline HttpRequest http_post(std::string path, std::string body = "") {
  return {"POST", std::move(path), std::move(body), HttpRequest().timeout_s};
}
inline HttpRequest http_put(std::string path, std::string body) {
  return {"PUT", std::move(path), std::move(body), HttpRequest().timeout_s};
}

struct HttpResponse {
  int status = 0;
  std::string body;
  std::string product;  // the header X-elastic-product

  /// No longer body is taken.
  static constexpr std::size_t kMaxBodyBytes = std::size_t{256} << 20;

  bool ok() const { return status >= 200 && status < 300; }
};

/// One kept connection; one thread at a time. The endpoint must outlive it.
class HttpClient {
 public:
  /// Whether another connection to that host had an answer.
  enum class Host { kUnknown, kAnswered };

  explicit HttpClient(const Endpoint& endpoint, Host host = Host::kUnknown);
  ~HttpClient();
  HttpClient(HttpClient&&) noexcept;

  /// Gives any answer, whatever its status; redirects are answers. Throws
  /// ConnectionError; Error where trying again cannot help: a certificate that
  /// does not match, and, before the first answer, a name that nobody knows or
  /// a host that speaks no TLS, which later may pass; an answer of more than
  /// HttpResponse::kMaxBodyBytes. Throws Interrupted within
  /// a second of a signal.
  HttpResponse send(const HttpRequest& request);

  const Endpoint& endpoint() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace imsearch
