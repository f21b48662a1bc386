// eval-recall and bench with --url: that they measure, not what.
#include "service/pushed_collection.h"
#include "support/contains.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using imsearch::test::contains;
using imsearch::test::lines_of;
using imsearch::test::PushedCollection;
using imsearch::test::RunResult;
using nlohmann::json;

TEST_SUITE("service") {
  TEST_CASE("enough candidates find all, by exact distances") {
    for (const char* space : {"cosine", "l2", "innerproduct"}) {
      CAPTURE(space);
      const PushedCollection both({"--space", space});
      const RunResult result =
          both.at_service({"eval-recall", "-q", "--ef", "400", "--samples",
                           "100", "-k", "20", "--at-least", "1"});
      CAPTURE(result.err);
      CHECK(result.status == 0);
      const auto lines = lines_of(result.out);
      REQUIRE(lines.size() == 3);
      CHECK(contains(lines[1], "exact\t-\t1.0000\t1.0000\t1.0000\t"));
      CHECK(contains(lines[2], "index\t400\t1.0000\t1.0000\t1.0000\t"));
    }
  }

  TEST_CASE("the truth is what was pushed, without deleted rows") {
    const PushedCollection both;
    both.files().write("gone", "7.jpg\n8.jpg\n9.jpg\n");
    REQUIRE(both.at_file({"push", "-q", "--delete", "gone", both.index().url()})
                .status == 0);
    const std::vector<std::string> measure = {
        "eval-recall", "--ef", "400",        "--vectors", "fvecs.bin",
        "-k",          "400",  "--at-least", "1"};
    const RunResult result = both.at_service(measure);
    CAPTURE(result.err);
    CHECK(result.status == 0);
    CHECK(contains(result.err, "400 queries (fvecs.bin) against 397 rows"));

    const std::string vectors = both.files().read("fvecs.bin");
    both.files().write("grown.bin", vectors + vectors.substr(0, 960));
    both.files().write("other.bin", vectors.substr(96) + vectors.substr(0, 96));
    both.files().write("short.bin", vectors.substr(0, 960));
    const auto judged_by = [&](const std::string& truth) {
      std::vector<std::string> command = measure;
      command.insert(command.end(), {"--truth", truth});
      return both.at_service(command);
    };
    CHECK(judged_by("grown.bin").status == 0);
    CHECK(contains(judged_by("other.bin").err,
                   "other.bin: not the vectors that were pushed to"));
    CHECK(contains(judged_by("short.bin").err,
                   "short.bin: 10 rows, but 400 were pushed to"));
  }

  TEST_CASE("an ef is found that is enough") {
    const PushedCollection both;
    const RunResult result = both.at_service(
        {"eval-recall", "--tune", "0.95", "--samples", "50", "--json"});
    CAPTURE(result.err);
    REQUIRE(result.status == 0);
    const json found = json::parse(result.out);
    CHECK(found["ef"] >= 10);
    CHECK(found["ef"] <= 400);
    CHECK(found["recall@10"] >= 0.95);
  }

  TEST_CASE("the service's own time stands beside the round trip") {
    const PushedCollection both({"--ef", "60"});
    const RunResult result = both.at_service(
        {"bench", "--json", "-k", "5", "--samples", "50", "-j", "2"});
    CAPTURE(result.err);
    REQUIRE(result.status == 0);
    const json report = json::parse(result.out);
    CHECK(report["index"] == both.index().url());
    const std::string service = report["service"];
    CHECK(contains(service, both.service().is_elasticsearch() ? "Elasticsearch "
                                                              : "OpenSearch "));
    CHECK(report["rows"] == 400);
    CHECK(report["queries"] == 50);
    CHECK(report["ef"] == 60);
    CHECK(report["latency_us"]["p50"] > 0);
    CHECK(report["took_ms"]["mean"] >= 0);
    CHECK(report["took_ms"]["mean"].get<double>() * 1e3 <=
          report["latency_us"]["mean"].get<double>() + 1e3);
    CHECK(report["throughput_per_s"].size() == 2);
    CHECK_FALSE(report.contains("memory_bytes"));
  }
}
