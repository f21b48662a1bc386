// remote/endpoint.h: who we are, from the environment.
#include "remote/endpoint.h"

#include "base/error.h"
#include "support/contains.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

TEST_SUITE_BEGIN("remote");

using namespace imsearch;
using imsearch::test::contains;

namespace {

/// Sets variables for one test, all others of ours being unset.
class Environment {
 public:
  using Variables = std::vector<std::pair<std::string, std::string>>;
  explicit Environment(const Variables& set) {
    clear();
    for (const auto& [name, value] : set)
      ::setenv(name.c_str(), value.c_str(), 1);
  }
  ~Environment() { clear(); }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

 private:
  static void clear() {
    for (const char* name :
         {"IMSEARCH_USER", "IMSEARCH_PASSWORD", "IMSEARCH_API_KEY",
          "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"})
      ::unsetenv(name);
  }
};

Access access_to(const std::string& url, const AccessParams& params = {}) {
  return access_from_environment(parse_service_url(url), params);
}

std::string refusal(const std::string& url, const AccessParams& params = {}) {
  try {
    access_to(url, params);
  } catch (const Error& e) {
    return e.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("nothing set: nobody") {
  const Environment none({});
  const Access access = access_to("http://localhost:9200/x");
  CHECK(access.user.empty());
  CHECK(access.api_key.empty());
  CHECK(access.aws.region.empty());
}

TEST_CASE("user and password") {
  const Environment both(
      {{"IMSEARCH_USER", "joe"}, {"IMSEARCH_PASSWORD", "hunter2"}});
  const Access access = access_to("https://host/x");
  CHECK(access.user == "joe");
  CHECK(access.password == "hunter2");
  CHECK(!contains(access.describe(), "hunter2"));
}

TEST_CASE("half of a pair is refused") {
  const Environment half(Environment::Variables{{"IMSEARCH_USER", "joe"}});
  CHECK(contains(refusal("https://host/x"), "both"));
}

TEST_CASE("an API key comes before a password") {
  const Environment all({{"IMSEARCH_API_KEY", "secret"},
                         {"IMSEARCH_USER", "joe"},
                         {"IMSEARCH_PASSWORD", "hunter2"}});
  const Access access = access_to("https://host/x");
  CHECK(access.api_key == "secret");
  CHECK(access.user.empty());
  CHECK(!contains(access.describe(), "secret"));
}

TEST_CASE("a line break in a secret is refused, which is not repeated") {
  const Environment key(
      Environment::Variables{{"IMSEARCH_API_KEY", "secret\r\nHost: x"}});
  CHECK(contains(refusal("https://host/x"), "IMSEARCH_API_KEY"));
  CHECK(!contains(refusal("https://host/x"), "secret"));
}

TEST_CASE("AWS: the region is that of the host, or given") {
  const Environment keys({{"AWS_ACCESS_KEY_ID", "AKID"},
                          {"AWS_SECRET_ACCESS_KEY", "hunter2"},
                          {"AWS_SESSION_TOKEN", "token"}});
  const Access managed =
      access_to("https://search-x-abc.eu-west-1.es.amazonaws.com/x");
  CHECK(managed.aws.region == "eu-west-1");
  CHECK(managed.aws.service == "es");
  CHECK(managed.aws.session_token == "token");
  CHECK(
      access_to("https://search.example.org/x", {"", "us-west-2"}).aws.region ==
      "us-west-2");
  CHECK(access_to("https://search.example.org/x").aws.region.empty());
}

TEST_CASE("AWS: a domain open to its network needs no keys") {
  const Environment none({});
  CHECK(access_to("https://x.eu-west-1.es.amazonaws.com/x").aws.region.empty());
  CHECK(contains(refusal("https://search.example.org/x", {"", "us-west-2"}),
                 "AWS_SECRET_ACCESS_KEY"));
}

TEST_CASE("OpenSearch Serverless is refused") {
  const Environment none({});
  CHECK(contains(refusal("https://abc.us-east-1.aoss.amazonaws.com/x"),
                 "Serverless"));
}

TEST_CASE("a file of certificates must be there") {
  const Environment none({});
  CHECK(contains(refusal("https://host/x", {"/no/such.pem", ""}),
                 "no such file"));
}

TEST_SUITE_END();
