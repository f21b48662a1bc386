#include "remote/service.h"

#include "io/text.h"
#include "remote/backoff.h"

#include <cstdio>
#include <optional>

namespace imsearch {
namespace {

// A question is asked again this long; bulk loading is more patient.
constexpr BackoffParams kQuestions = {0.25, 5, 30};

// A node that is lost between finding hits and fetching them is a 500, like
// what no repetition cures: not for long.
constexpr int kLostOnTheWay = 500;
constexpr BackoffParams kSearches = {0.25, 2, 10};

Json find_version(const Json& nodes) {
  for (const auto& [id, node] : nodes.at("nodes").items())
    if (node.contains("version")) return node.at("version");
  return "";
}

void set_version(ServiceInfo& info, const std::string& version) {
  info.version = version;
  if (std::sscanf(version.c_str(), "%d.%d", &info.major, &info.minor) != 2)
    fail("a service of version '{}', which is no version", printable(version));
}

/// What the product itself says; none: it is no service that we know.
std::optional<ServiceInfo> info_of(const Json& root,
                                   const std::string& product) {
  if (!root.is_object() || !root.contains("version")) return std::nullopt;
  const Json& version = root.at("version");
  ServiceInfo info;
  const std::string distribution = version.value("distribution", "");
  if (distribution != "opensearch" && product != "Elasticsearch")
    return std::nullopt;
  info.kind = distribution == "opensearch" ? ServiceKind::kOpenSearch
                                           : ServiceKind::kElasticsearch;
  info.build_type = version.value("build_type", "");
  if (version.value("build_flavor", "") == "serverless")
    fail("a serverless Elasticsearch: push needs one whose shards it may set");
  set_version(info, version.value("number", ""));
  return info;
}

void check_age(const ServiceInfo& info, const std::string& where) {
  const bool opensearch = info.kind == ServiceKind::kOpenSearch;
  if (opensearch ? !info.at_least(2, 10) : !info.at_least(8, 0))
    fail("{}: {} is too old: {} is needed", where, info.text(),
         opensearch ? "2.10 or later" : "8.0 or later");
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

}  // namespace

std::string ServiceInfo::text() const {
  return (kind == ServiceKind::kOpenSearch ? "OpenSearch " : "Elasticsearch ") +
         version;
}

Json parse_json(const std::string& text, const std::string& where) {
  try {
    return Json::parse(text);
  } catch (const Json::exception&) {
    fail("{}: no JSON: {}", where, printable(text));
  }
}

std::string failure_text(const HttpResponse& response) {
  const Json body = Json::parse(response.body, nullptr, false);
  if (!body.is_object() || !body.contains("error"))
    return printable(response.body);
  const Json& error = body.at("error");
  if (error.is_string()) return error.get<std::string>();
  std::string text = error.value("type", "") + ": " + error.value("reason", "");
  // What a shard says is more than that some shard failed.
  const Json* cause = &error;
  if (error.contains("root_cause") && !error.at("root_cause").empty())
    cause = &error.at("root_cause").front();
  while (cause->contains("caused_by")) cause = &cause->at("caused_by");
  const std::string reason = cause->value("reason", "");
  if (text.find(reason) == std::string::npos) text += ": " + reason;
  return text;
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

Json ask(HttpClient& client, const HttpRequest& request) {
  Backoff backoff(kQuestions);
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

ServiceInfo identify(HttpClient& client) {
  const HttpRequest request = {"GET", "/", "", 20};
  const std::string& where = client.endpoint().url.root;
  const HttpResponse response = client.send(request);
  std::optional<ServiceInfo> info;
  if (response.ok()) {
    info =
        info_of(Json::parse(response.body, nullptr, false), response.product);
  } else if (response.status == 405 && response.product == "Elasticsearch") {
    // A build without its REST root module.
    info.emplace();
    info->kind = ServiceKind::kElasticsearch;
    const Json nodes = ask(client, http_get("/_nodes/_local"));
    set_version(*info, find_version(nodes));
  } else {
    fail_with_answer(client, request, response);
  }
  if (!info)
    fail("{}: neither OpenSearch nor Elasticsearch: {}", where,
         printable(response.body));
  check_age(*info, where);
  return *info;
}

}  // namespace imsearch
