// Asking a service, whichever it is: who it is, what its errors mean, and how
// often a question is asked again.
#include "remote/service.h"

#include "io/json.h"
#include "io/text.h"

#include <cstdio>
#include <optional>

namespace imsearch {
namespace {

// A node that is lost between finding hits and fetching them is also reported
// as 500, like permanent errors, so it is retried only briefly.
constexpr int kLostOnTheWay = 500;
constexpr BackoffParams kSearches = {0.25, 2, 10};

/// Answers are parsed within bounds, for anything may answer at an address. The
/// most that is asked for at once is a hundred rows, or ten thousand hits.
constexpr JsonBounds kAnswerBounds = {HttpResponse::kMaxBodyBytes, 10'000'000,
                                      10'000};

/// A member that is text; "" where there is none, or something else.
std::string text_at(const Json& json, const char* key) {
  if (!json.is_object()) return "";
  const auto member = json.find(key);
  return member != json.end() && member->is_string()
             ? member->get<std::string>()
             : "";
}

/// Throws Error for text that is not a version, and for one that is too old.
/// The bounds are the oldest versions that were tried and do what we ask:
/// before them a query cannot set ef_search, exact scores differ, or rows
/// cannot have 1280 floats.
void set_version(ServiceInfo& info, const std::string& version) {
  info.version = version;
  if (std::sscanf(version.c_str(), "%d.%d", &info.major, &info.minor) != 2)
    fail("a service of version '{}', which is not a version",
         printable(version));
  const bool opensearch = info.kind == ServiceKind::kOpenSearch;
  if (opensearch ? !info.at_least(2, 19) : !info.at_least(8, 8))
    fail("{} is too old: {} or later is needed", info.text(),
         opensearch ? "2.19" : "8.8");
}

std::string remedy_for(int status, const Access& access) {
  if (status == 401)
    return ": asked as " + access.describe() +
           "; IMSEARCH_USER and IMSEARCH_PASSWORD, IMSEARCH_API_KEY or "
           "~/.netrc say who you are";
  if (status == 403) return ": " + access.describe() + " may not do this";
  if (status >= 300 && status < 400)
    return ": a redirect, which is not followed: give the final address";
  return "";
}

/// The version of the node that answers.
std::string version_of_nodes(HttpClient& client) {
  const Json answer = ask(client, http_get("/_nodes/_local"));
  return read_answer(answer, client.endpoint().url.root, [](const Json& json) {
    std::string version;
    for (const Json& node : json.at("nodes"))
      version = text_at(node, "version");
    return version;
  });
}

}  // namespace

std::string ServiceInfo::text() const {
  return (kind == ServiceKind::kOpenSearch ? "OpenSearch " : "Elasticsearch ") +
         version;
}

Json parse_json(const std::string& text, const std::string& where) {
  Json json = parse_json_or_discard<Json>(text, kAnswerBounds);
  if (!json.is_discarded()) return json;
  const std::string excess = json_excess(text, kAnswerBounds);
  fail("{}: no JSON: {}", where, excess.empty() ? printable(text) : excess);
}

std::string error_text(const Json& error) {
  if (error.is_string()) return error.get<std::string>();
  const std::string type = text_at(error, "type");
  // dump() recurses for each level, of which parse_json() allows only few.
  if (type.empty()) return error.dump();
  std::string text = type + ": " + text_at(error, "reason");
  // "all shards failed" does not help: the cause at the end of the chain does.
  const Json* cause = &error;
  const auto roots = error.find("root_cause");
  if (roots != error.end() && roots->is_array() && !roots->empty())
    cause = &roots->front();
  while (cause->contains("caused_by")) cause = &cause->at("caused_by");
  const std::string reason = text_at(*cause, "reason");
  if (text.find(reason) == std::string::npos) text += ": " + reason;
  return text;
}

std::string failure_text(const HttpResponse& response) {
  const Json body = parse_json_or_discard<Json>(response.body, kAnswerBounds);
  return body.contains("error") ? error_text(body.at("error"))
                                : printable(response.body);
}

void fail_with_answer(const HttpClient& client, const HttpRequest& request,
                      const HttpResponse& response) {
  const Endpoint& endpoint = client.endpoint();
  const std::string path = request.path.substr(0, request.path.find('?'));
  throw ServiceError(
      fmt::format("{}{}: {}{}{}", endpoint.url.root, path, response.status,
                  response.body.empty() ? "" : ": " + failure_text(response),
                  remedy_for(response.status, endpoint.access)),
      response.status);
}

Json ask(HttpClient& client, const HttpRequest& request,
         const BackoffParams& patience) {
  Backoff backoff(patience);
  for (;;) {
    try {
      const HttpResponse response = client.send(request);
      if (response.ok())
        return parse_json(response.body,
                          client.endpoint().url.root + request.path);
      if (!is_passing_status(response.status) || !backoff.wait())
        fail_with_answer(client, request, response);
    } catch (const ConnectionError&) {
      if (!backoff.wait()) throw;
    }
  }
}

Json ask_search(HttpClient& client, const HttpRequest& request) {
  Backoff backoff(kSearches);
  for (;;) {
    try {
      return ask(client, request);
    } catch (const ServiceError& e) {
      if (e.status != kLostOnTheWay || !backoff.wait()) throw;
    }
  }
}

std::optional<ServiceInfo> info_in(const Json& root,
                                   const std::string& product) {
  if (!root.is_object() || !root.contains("version")) return std::nullopt;
  const Json& version = root.at("version");
  const bool opensearch = text_at(version, "distribution") == "opensearch";
  if (!opensearch && product != "Elasticsearch") return std::nullopt;
  if (text_at(version, "build_flavor") == "serverless")
    fail("a serverless Elasticsearch: push needs one whose shards it may set");
  ServiceInfo info;
  info.kind =
      opensearch ? ServiceKind::kOpenSearch : ServiceKind::kElasticsearch;
  info.build_type = text_at(version, "build_type");
  set_version(info, text_at(version, "number"));
  return info;
}

ServiceInfo identify(HttpClient& client) {
  const HttpRequest request = {"GET", "/", "", 20};
  const std::string& where = client.endpoint().url.root;
  const HttpResponse response = client.send(request);
  // Elasticsearch built without the module that answers `GET /`.
  if (response.status == 405 && response.product == "Elasticsearch") {
    ServiceInfo info;
    info.kind = ServiceKind::kElasticsearch;
    set_version(info, version_of_nodes(client));
    return info;
  }
  if (!response.ok()) fail_with_answer(client, request, response);
  const auto info =
      info_in(parse_json_or_discard<Json>(response.body, kAnswerBounds),
              response.product);
  if (!info)
    fail("{}: neither OpenSearch nor Elasticsearch: {}", where,
         printable(response.body));
  return *info;
}

}  // namespace imsearch
