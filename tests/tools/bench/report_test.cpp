// Figures as bench prints them.
#include "bench/report.h"

#include "base/error.h"

#include <doctest/doctest.h>

#include <atomic>
#include <string>
#include <vector>

TEST_SUITE_BEGIN("tools");

using namespace imsearch;

TEST_CASE("a table has a line for each figure, in the order they were put") {
  const Report report = {{"rows", 1234567},
                         {"cpu", "one\tcore"},
                         {"build_s", 12.34567},
                         {"latency_us", {{"p50", 0.000123456}, {"p95", 2.0}}},
                         {"load", true}};
  CHECK(report_table(report) ==
        "rows\t1234567\n"
        "cpu\tone\\tcore\n"
        "build_s\t12.35\n"
        "latency_us.p50\t0.0001235\n"
        "latency_us.p95\t2\n"
        "load\ttrue\n");
  CHECK(report_table(Report::object()).empty());
}

TEST_CASE("on a terminal figures stand to the right, below a header") {
  const Report report = {{"rows", 1234567},
                         {"cpu", "one core of a kind"},
                         {"latency_us", {{"p50", 0.25}, {"p95", 2.0}}}};
  CHECK(report_columns(report) ==
        "figure            value\n"
        "rows            1234567\n"
        "cpu             one core of a kind\n"
        "latency_us.p50     0.25\n"
        "latency_us.p95        2\n");
}

TEST_CASE("the legend explains what a report has") {
  CHECK(report_legend({{"latency_us", {{"p50", 1}}}, {"rows", 1}}) ==
        std::vector<std::string>{
            "latency_us: microseconds a query when it is asked alone",
            "p95: 95 % of the queries take less"});
  CHECK(report_legend({{"rows", 1}}).empty());
}

TEST_CASE("JSON is one line, whatever bytes a path has") {
  CHECK(report_json({{"b", 1}, {"a", {{"x", 0.5}}}}) ==
        "{\"b\":1,\"a\":{\"x\":0.5}}\n");
  CHECK(report_json({{"path", "\xE9\n"}}) ==
        "{\"path\":\"\xEF\xBF\xBD\\n\"}\n");
}

TEST_CASE("percentiles of 1 to 100 are their own numbers") {
  std::vector<double> values;
  for (int i = 100; i > 0; --i) values.push_back(i);
  CHECK(latency_report(values) ==
        Report{{"mean", 50.5}, {"p50", 50.0}, {"p95", 95.0}, {"p99", 99.0}});
  CHECK(latency_report({3}) ==
        Report{{"mean", 3.0}, {"p50", 3.0}, {"p95", 3.0}, {"p99", 3.0}});
  CHECK_THROWS_AS(latency_report({}), Error);
}

TEST_CASE("throughput is measured on powers of two, and on the most") {
  const auto threads_of = [](unsigned most) {
    std::atomic<int> asked = 0;
    const Report report =
        throughput_report(5, most, [&asked](std::size_t, unsigned) {
          ++asked;
          return Hits();
        });
    CHECK(asked == 5 * static_cast<int>(report.size()));
    std::vector<std::string> threads;
    for (const auto& [count, rate] : report.items()) {
      CHECK(rate.get<double>() > 0);
      threads.push_back(count);
    }
    return threads;
  };
  using Counts = std::vector<std::string>;
  CHECK(threads_of(1) == Counts{"1"});
  CHECK(threads_of(4) == Counts{"1", "2", "4"});
  CHECK(threads_of(6) == Counts{"1", "2", "4", "6"});
}
