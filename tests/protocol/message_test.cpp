#include "protocol/message.h"

#include "protocol/find.h"
#include "remote/dialect.h"

#include <doctest/doctest.h>

#include <cmath>

TEST_SUITE_BEGIN("protocol");

using namespace imsearch;

TEST_CASE("a target is a path and parameters, each decoded") {
  Request request;
  read_target("/a%20b//c%2Fd/?x=1+2&y=%C3%A4&&z", request);
  CHECK(request.path == std::vector<std::string>{"a b", "c/d"});
  CHECK(request.path_ends_in_slash);
  CHECK(*request.parameter("x") == "1 2");
  CHECK(*request.parameter("y") == "\xC3\xA4");
  CHECK(request.parameter("z")->empty());
  CHECK(request.parameter("w") == nullptr);
  // Nothing climbs: these are names like others.
  Request climbing;
  read_target("/../..", climbing);
  CHECK(climbing.path == std::vector<std::string>{"..", ".."});
}

TEST_CASE("targets that are none are refused") {
  for (const char* target : {"/%", "/%4", "/%zz", "/a%00b", "/?x=%0"}) {
    Request request;
    CHECK_THROWS_AS(read_target(target, request), RequestError);
  }
  std::string many = "/?";
  for (int i = 0; i < 101; ++i) many += "a&";
  Request request;
  CHECK_THROWS_AS(read_target(many, request), RequestError);
}

TEST_CASE("an error is in the form that clients read") {
  const Reply reply = error_reply(404, "none", "no \"x\"");
  CHECK(reply.status == 404);
  CHECK(reply.body ==
        R"({"error":{"root_cause":[{"type":"none","reason":"no \"x\""}],)"
        R"("type":"none","reason":"no \"x\""},"status":404})");
}

TEST_CASE("a score gives its distance again, to the bit") {
  for (const Space space : {Space::kCosine, Space::kL2, Space::kInnerProduct})
    for (float l2sq = 0; l2sq <= 4;
         l2sq = std::nextafter(l2sq, 5.0F) * 1.003F) {
      const double cosine = cosine_of_score(score_of(l2sq, space), space);
      CHECK(static_cast<float>(2 - 2 * cosine) == doctest::Approx(l2sq));
      if (l2sq > 1e-6F) CHECK(static_cast<float>(2 - 2 * cosine) == l2sq);
    }
}

TEST_SUITE_END();
