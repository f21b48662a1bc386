// The table of eval-recall: its lines as text and JSON, and what is in them.
#include "eval_recall/table.h"

#include "support/listed_index.h"

#include <doctest/doctest.h>

#include <vector>

TEST_SUITE_BEGIN("tools");

using namespace imsearch;
using imsearch::test::ListedIndex;

namespace {

RecallLine line_of_index() {
  RecallLine line;
  line.search = "index";
  line.ef = 64;
  line.recall = {{1, 1.0}, {10, 0.98765}, {100, 0.5}};
  line.at_k = {0.5, 0.45678, 0.54321};
  line.single_ms = 0.25;
  line.batch_ms = 0.12344;
  return line;
}

QueryRows queries_of(std::size_t count) {
  QueryRows queries;
  queries.unit = Matrix(count, 2);
  return queries;
}

/// Knows the truth that it is given.
class GivenTruth : public GroundTruth {
 public:
  explicit GivenTruth(std::vector<Hits> hits) : hits_(std::move(hits)) {}

  std::vector<Hits> all(unsigned, const OnQuery&) const override {
    return hits_;
  }
  Searching alone(unsigned) const override {
    return [this](std::size_t query, unsigned) { return hits_[query]; };
  }
  void compare_exactly(std::size_t, Hits&) const override {}

 private:
  std::vector<Hits> hits_;
};

}  // namespace

TEST_CASE("the header names a column for each recall") {
  CHECK(header_text(line_of_index()) ==
        "search\tef\trecall@1\trecall@10\trecall@100\tlow\thigh\tsingle_ms\t"
        "batch_ms\n");
  RecallLine nearest = line_of_index();
  nearest.recall = {{1, 1.0}};
  CHECK(header_text(nearest) ==
        "search\tef\trecall@1\tlow\thigh\tsingle_ms\tbatch_ms\n");
}

TEST_CASE("a line has four decimals") {
  CHECK(to_text(line_of_index()) ==
        "index\t64\t1.0000\t0.9877\t0.5000\t0.4568\t0.5432\t0.2500\t0.1234\n");
}

TEST_CASE("on a terminal figures stand below the ends of their names") {
  const RecallLine line = line_of_index();
  const std::string header = header_text(line);
  CHECK(in_columns(header, header) ==
        "search       ef  recall@1  recall@10  recall@100      low     high"
        "  single_ms  batch_ms\n");
  CHECK(in_columns(to_text(line), header) ==
        "index        64    1.0000     0.9877      0.5000   0.4568   0.5432"
        "     0.2500    0.1234\n");
}

TEST_CASE("the legend explains each column in short lines") {
  const std::vector<std::string> lines = legend(line_of_index(), 2);
  CHECK(lines ==
        std::vector<std::string>{
            "recall@N: the share of the N nearest images that are found",
            "low, high: 95 % interval of recall@100",
            "single_ms: milliseconds a query when it is asked alone",
            "batch_ms: the same when all are asked at once, by 2 threads"});
  CHECK(legend(line_of_index(), 1).back() ==
        "batch_ms: the same when all are asked at once, by 1 thread");
}

TEST_CASE("exact search has no ef") {
  RecallLine line = line_of_index();
  line.search = "exact";
  line.ef = 0;
  line.recall = {{1, 1.0}};
  CHECK(to_text(line) == "exact\t-\t1.0000\t0.4568\t0.5432\t0.2500\t0.1234\n");
  CHECK(to_json(line, queries_of(3)) ==
        R"({"search":"exact","queries":3,"recall@1":1.0,"low":0.45678,)"
        R"("high":0.54321,"single_ms":0.25,"batch_ms":0.12344})"
        "\n");
}

TEST_CASE("JSON names all figures of a line") {
  CHECK(to_json(line_of_index(), queries_of(7)) ==
        R"({"search":"index","ef":64,"queries":7,"recall@1":1.0,)"
        R"("recall@10":0.98765,"recall@100":0.5,"low":0.45678,"high":0.54321,)"
        R"("single_ms":0.25,"batch_ms":0.12344})"
        "\n");
}

TEST_CASE("figures are rounded to six decimals") {
  CHECK(rounded(0.12345649) == 0.123456);
  CHECK(rounded(0.12345651) == 0.123457);
  CHECK(rounded(-1.9999999) == -2);
  CHECK(rounded(3) == 3);
}

TEST_CASE("recall is the share of the truth, of which a half is missed") {
  const ListedIndex index(
      {{"east", {1, 0}}, {"north", {0, 1}}, {"west", {-1, 0}}});
  QueryRows queries = queries_of(2);
  queries.unit.row(0)[0] = 1;   // finds east at 0 and north at 2
  queries.unit.row(1)[0] = -1;  // finds west at 0 and north at 2
  const GivenTruth truth({{{0, 0}, {1, 2}}, {{2, 0}, {9, 1}}});
  SearchParams params;
  params.k = 2;
  RecallMeter meter(index, truth, queries, params, 2, 1, true);
  CHECK(meter.queries() == 2);
  CHECK(meter.threads() == 2);
  meter.find_truth();

  const RecallLine line = meter.measure(40);
  CHECK(line.search == "index");
  CHECK(line.ef == 40);
  using Recall = std::map<std::size_t, double>;
  CHECK(line.recall == Recall{{1, 1.0}, {2, 0.75}});  // 10 is more than k
  CHECK(line.at_k.mean == 0.75);
  // Of two queries drawn again, a quarter are both the worse one.
  CHECK(line.at_k.low == 0.5);
  CHECK(line.at_k.high == 1);
  CHECK(line.single_ms > 0);
  CHECK(line.batch_ms > 0);
  CHECK(meter.recall(40).mean == 0.75);

  const RecallLine exact = meter.measure_exact();
  CHECK(exact.search == "exact");
  CHECK(exact.ef == 0);
  CHECK(exact.recall == Recall{{1, 1.0}, {2, 1.0}});
  CHECK(exact.at_k.low == 1);
}
