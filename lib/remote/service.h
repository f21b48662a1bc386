// Which service answers at an endpoint, and asking it with JSON.
#pragma once

#include "remote/backoff.h"
#include "remote/http.h"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>

namespace imsearch {

/// Keys stay in the order written.
using Json = nlohmann::ordered_json;

enum class ServiceKind { kOpenSearch, kElasticsearch };

struct ServiceInfo {
  ServiceKind kind = ServiceKind::kOpenSearch;
  int major = 0;
  int minor = 0;
  std::string version;     // "2.19.6"
  std::string build_type;  // "tar", "docker", "zip"; empty: not said

  bool at_least(int wanted_major, int wanted_minor) const {
    return major != wanted_major ? major > wanted_major : minor >= wanted_minor;
  }
  /// "OpenSearch 2.19.6".
  std::string text() const;
};

/// The service that an answer to `GET /` and `product`, its header
/// X-elastic-product, belong to; none where we do not know it. Throws Error if
/// it is too old (OpenSearch before 2.19, Elasticsearch before 8.8) or
/// serverless.
std::optional<ServiceInfo> info_in(const Json& root,
                                   const std::string& product);

/// Asks `GET /`, and where that is not answered, the nodes. Throws Error as
/// info_in(), and: another service, no permission.
ServiceInfo identify(HttpClient& client);

/// An answer that says no: "URL: 404: index_not_found_exception: no such index
/// [x]", with what to do about it where that is known.
struct ServiceError : Error {
  ServiceError(const std::string& text, int http_status)
      : Error(text), status(http_status) {}
  int status;
};

/// The JSON that `text` is. Throws Error naming `where`.
Json parse_json(const std::string& text, const std::string& where);

/// Calls `read` with an answer; a member that is missing or of another type is
/// an Error naming `where`.
template <typename Read>
auto read_answer(const Json& answer, const std::string& where,
                 const Read& read) {
  try {
    return read(answer);
  } catch (const Json::exception& e) {
    fail("{}: an answer that push and query do not know: {}", where, e.what());
  }
}

/// The member "error" of an answer, or of one item in it, as text: "type:
/// reason", and the cause it goes back to.
std::string error_text(const Json& error);

/// What an answer says of its failure: its error, or the start of its body.
std::string failure_text(const HttpResponse& response);

/// Throws the answer as ServiceError.
[[noreturn]] void fail_with_answer(const HttpClient& client,
                                   const HttpRequest& request,
                                   const HttpResponse& response);

/// How long a request is repeated while the service is away. Loading has more
/// patience.
inline constexpr BackoffParams kQuestionPatience = {0.25, 5, 30};

/// Sends the request, several times where that may help (backoff.h), and gives
/// the answer's JSON. Throws ServiceError for any status but 2xx, and what
/// HttpClient::send() throws.
Json ask(HttpClient& client, const HttpRequest& request,
         const BackoffParams& patience = kQuestionPatience);

/// ask() for a search that wants all shards. It fails where a node is lost
/// while it answers, and is then repeated for some seconds, until copies
/// answer.
Json ask_search(HttpClient& client, const HttpRequest& request);

}  // namespace imsearch
