// remote/service_url.h.
#include "remote/service_url.h"

#include "base/error.h"
#include "support/contains.h"

#include <doctest/doctest.h>

#include <string>

TEST_SUITE_BEGIN("remote");

using namespace imsearch;
using imsearch::test::contains;

namespace {

std::string refusal(const std::string& url) {
  try {
    parse_service_url(url);
  } catch (const Error& e) {
    return e.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("a URL gives root, host and index") {
  const ServiceUrl url = parse_service_url("http://localhost:9200/photos");
  CHECK(url.root == "http://localhost:9200");
  CHECK(url.host == "localhost");
  CHECK(url.index == "photos");
  CHECK(!url.encrypted);
  CHECK(url.text() == "http://localhost:9200/photos");
  CHECK(url.path() == "/photos");
  CHECK(url.path("_search") == "/photos/_search");
}

TEST_CASE("what stands before the index is a proxy's path") {
  const ServiceUrl url = parse_service_url("https://example.org/es/photos-1/");
  CHECK(url.root == "https://example.org/es");
  CHECK(url.index == "photos-1");
  CHECK(url.encrypted);
}

TEST_CASE("an IPv6 address keeps its brackets in the root") {
  const ServiceUrl url = parse_service_url("http://[::1]:9200/x");
  CHECK(url.root == "http://[::1]:9200");
  CHECK(url.host == "::1");
}

TEST_CASE("fault 22: this machine is known by each way to write it") {
  for (const char* host :
       {"localhost", "LOCALHOST", "localhost.", "node.localhost", "127.0.0.1",
        "127.255.0.1", "127.1", "0x7f000001", "[::1]", "[0:0:0:0:0:0:0:1]",
        "[::ffff:127.0.0.1]"}) {
    CAPTURE(host);
    CHECK(parse_service_url(std::string("http://") + host + ":9200/x")
              .is_this_machine());
  }
  for (const char* host : {"host", "notlocalhost", "localhost.example.org",
                           "0.0.0.0", "128.0.0.1", "10.127.0.1", "127.example",
                           "[::]", "[fe80::1]", "[::ffff:10.0.0.1]"}) {
    CAPTURE(host);
    CHECK_FALSE(parse_service_url(std::string("http://") + host + ":9200/x")
                    .is_this_machine());
  }
}

TEST_CASE("secrets in a URL are refused and not repeated") {
  for (const char* url : {"http://joe:hunter2@host/x", "http://hunter2@host/x",
                          "https://joe:hunter2@host:9200/x"}) {
    const std::string text = refusal(url);
    CHECK(contains(text, "IMSEARCH_PASSWORD"));
    CHECK(!contains(text, "hunter2"));
  }
}

TEST_CASE("other URLs are refused") {
  CHECK(contains(refusal("localhost:9200/x"), "not a URL such as"));
  CHECK(contains(refusal("ftp://host/x"), "not a URL such as"));
  CHECK(contains(refusal("photos"), "not a URL such as"));
  CHECK(contains(refusal(""), "not a URL such as"));
  CHECK(contains(refusal("http://host:9200"), "names no index"));
  CHECK(contains(refusal("http://host:9200/"), "names no index"));
  CHECK(contains(refusal("http://host/x?pretty"), "without ?"));
  CHECK(contains(refusal("http://host/x#y"), "without ?"));
}

TEST_CASE("names that no index may have are refused") {
  for (const char* name :
       {"Photos", "_all", "-x", "+x", ".x", "a,b", "a*", "a%20b", "a%2Fb"})
    CHECK_MESSAGE(
        contains(refusal(std::string("http://host/") + name), "not a name for"),
        name);
  CHECK(
      contains(refusal("http://host/" + std::string(256, 'a')), "not a name"));
}

TEST_SUITE_END();
