#include "service/service.h"

#include "base/error.h"
#include "support/run.h"

#include <unistd.h>

#include <cstdlib>

namespace imsearch::test {
namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0')
    fail("{} is not set: run scripts/test-service.sh", name);
  return value;
}

nlohmann::json must_succeed(const std::string& what,
                            const ServiceAnswer& answer) {
  if (answer.status != 200 && answer.status != 201)
    fail("{}: status {}: {}", what, answer.status, answer.body.dump());
  return answer.body;
}

}  // namespace

Service::Service() {
  const std::string name = variable("IMSEARCH_SERVICE_VARIABLE");
  url_ = variable(name.c_str());
  is_elasticsearch_ = name.rfind("IMSEARCH_ELASTICSEARCH", 0) == 0;
}

ServiceAnswer Service::ask(const std::string& method, const std::string& path,
                           const std::string& body) const {
  RunOptions options;
  options.input = body;
  const RunResult result = run(
      {"/usr/bin/curl", "--silent", "--show-error", "--globoff", "--noproxy",
       "*", "--max-time", "60", "--write-out", "\n%{http_code}", "--request",
       method, "--header", "Content-Type: application/x-ndjson",
       "--data-binary", "@-", url_ + path},
      options);
  if (result.status != 0) fail("{} {}: {}", method, path, result.err);
  const std::size_t end = result.out.rfind('\n');
  ServiceAnswer answer;
  answer.status = std::stoi(result.out.substr(end + 1));
  answer.body =
      nlohmann::json::parse(result.out.substr(0, end), nullptr, false);
  if (answer.body.is_discarded()) answer.body = nullptr;
  return answer;
}

nlohmann::json Service::get(const std::string& path) const {
  return must_succeed("GET " + path, ask("GET", path));
}

nlohmann::json Service::put(const std::string& path,
                            const nlohmann::json& body) const {
  return must_succeed("PUT " + path, ask("PUT", path, body.dump()));
}

nlohmann::json Service::post(const std::string& path,
                             const std::string& body) const {
  return must_succeed("POST " + path, ask("POST", path, body));
}

RemoteIndex::RemoteIndex(const Service& service) : service_(service) {
  static int number = 0;
  name_ = "test-" + std::to_string(::getpid()) + "-" + std::to_string(++number);
}

RemoteIndex::~RemoteIndex() {
  try {
    service_.ask("DELETE", path());
  } catch (const Error&) {
    // The service is gone, and its index with it.
  }
}

bool RemoteIndex::exists() const {
  return service_.ask("GET", path()).status == 200;
}

std::size_t RemoteIndex::count() const {
  service_.post(path() + "/_refresh");
  return service_.get(path() + "/_count").at("count").get<std::size_t>();
}

}  // namespace imsearch::test
