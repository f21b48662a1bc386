// remote/service.h, as far as no service is needed: what answers say.
#include "remote/service.h"

#include "base/error.h"
#include "io/text.h"

#include <doctest/doctest.h>

#include <string>

TEST_SUITE_BEGIN("remote");

using namespace imsearch;

namespace {

std::optional<ServiceInfo> info(const std::string& root,
                                const std::string& product = "") {
  return info_in(Json::parse(root), product);
}

std::string opensearch(const std::string& number) {
  return R"({"version":{"distribution":"opensearch","number":")" + number +
         R"(","build_type":"tar"}})";
}

std::string failure(const std::string& body) {
  return failure_text({500, body, ""});
}

}  // namespace

TEST_CASE("services are told by what they say of themselves") {
  const auto os = info(opensearch("3.6.0"));
  REQUIRE(os);
  CHECK(os->text() == "OpenSearch 3.6.0");
  CHECK(os->build_type == "tar");
  const auto es = info(R"({"version":{"number":"8.19.21"}})", "Elasticsearch");
  REQUIRE(es);
  CHECK(es->text() == "Elasticsearch 8.19.21");
  CHECK(es->at_least(8, 19));
}

TEST_CASE("another service is none of ours, whatever it says of its version") {
  for (const char* root :
       {R"({"couchdb":"Welcome","version":"3.3.3"})", R"({"version":null})",
        R"({"version":{"distribution":7}})", R"({"version":{"number":"7.10"}})",
        R"([])", R"("text")", "null"}) {
    CAPTURE(root);
    CHECK(!info(root));
  }
}

TEST_CASE("services that do not do what we ask of them are refused") {
  CHECK_THROWS_AS(info(opensearch("2.18.0")), Error);
  CHECK_NOTHROW(info(opensearch("2.19.0")));
  CHECK_THROWS_AS(info(opensearch("next")), Error);
  const auto es = [](const std::string& version) {
    return info(R"({"version":{"number":")" + version + "\"}}",
                "Elasticsearch");
  };
  CHECK_THROWS_AS(es("8.7.1"), Error);
  CHECK_NOTHROW(es("8.8.0"));
  CHECK_NOTHROW(es("9.2.0"));
  CHECK_THROWS_AS(info(R"({"version":{"number":"8.11.0",)"
                       R"("build_flavor":"serverless"}})",
                       "Elasticsearch"),
                  Error);
}

TEST_CASE("an answer's failure in one line") {
  CHECK(failure(R"({"error":{"type":"a","reason":"b"},"status":500})") ==
        "a: b");
  CHECK(failure(R"({"error":{"type":"a","reason":"b",)"
                R"("root_cause":[{"type":"c","reason":"d"}]}})") == "a: b: d");
  CHECK(failure(R"({"error":{"type":"a","reason":"b","root_cause":[],)"
                R"("caused_by":{"type":"c","reason":"d"}}})") == "a: b: d");
  CHECK(failure(R"({"error":"Not Found"})") == "Not Found");
  CHECK(failure("<html>") == "<html>");
  CHECK(failure("[1]") == "[1]");
}

TEST_CASE("errors that other programs make, or none knows, are not exception") {
  // A null pointer in the service has no reason.
  CHECK(failure(R"({"error":{"type":"null_pointer_exception",)"
                R"("reason":null}})") == "null_pointer_exception: ");
  CHECK(failure(R"({"error":{"type":"a","reason":"b","caused_by":null}})") ==
        "a: b");
  CHECK(failure(R"({"error":null})") == "null");
  CHECK(failure(R"({"error":403})") == "403");
  CHECK(failure(R"({"error":{"code":401,"message":"who?"}})") ==
        R"({"code":401,"message":"who?"})");
}

TEST_CASE("fault 16: an answer of any depth is an error and no crash") {
  const std::string deep =
      std::string(200'000, '[') + std::string(200'000, ']');
  const std::string answer = R"({"error":)" + deep + "}";
  CHECK(failure(answer) == printable(answer));
  try {
    parse_json(answer, "http://host:9200");
    FAIL("was read");
  } catch (const Error& e) {
    CHECK(std::string(e.what()) ==
          "http://host:9200: no JSON: nested more than 100 deep");
  }
}

TEST_SUITE_END();
