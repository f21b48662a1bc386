// What gnuplot is told to draw: a program that prints what it is told stands in
// for it.
#include "eval_recall/plot.h"

#include "base/error.h"
#include "common/cli.h"
#include "support/contains.h"
#include "support/listed_index.h"
#include "support/temp_dir.h"

#include <doctest/doctest.h>

#include <sys/stat.h>

#include <cstdlib>
#include <string>
#include <vector>

TEST_SUITE_BEGIN("tools");

using namespace imsearch;
using imsearch::test::contains;
using imsearch::test::ListedIndex;
using imsearch::test::TempDir;

namespace {

/// PATH is another while it lives.
class Path {
 public:
  explicit Path(const std::string& folders) : old_(std::getenv("PATH")) {
    ::setenv("PATH", folders.c_str(), 1);
  }
  ~Path() { ::setenv("PATH", old_.c_str(), 1); }
  Path(const Path&) = delete;
  Path& operator=(const Path&) = delete;

 private:
  std::string old_;
};

void write_gnuplot(const TempDir& dir) {
  const std::string program = dir.write("gnuplot", "#!/bin/sh\nexec cat\n");
  REQUIRE(::chmod(program.c_str(), 0700) == 0);
}

class NoTruth : public GroundTruth {
 public:
  std::vector<Hits> all(unsigned, const OnQuery&) const override { return {}; }
  Searching alone(unsigned) const override { return {}; }
  void compare_exactly(std::size_t, Hits&) const override {}
};

RecallLine line_of(std::size_t ef, double recall, double ms) {
  RecallLine line;
  line.ef = ef;
  line.at_k = {recall, recall, recall};
  line.single_ms = ms;
  return line;
}

/// The script for those lines, of an index of two rows.
std::string script(const std::vector<RecallLine>& lines,
                   const std::string& path = "plot.svg") {
  const TempDir dir;
  write_gnuplot(dir);
  const Path with_gnuplot(dir.path() + ":/usr/bin:/bin");
  const ListedIndex index({{"east", {1, 0}}, {"north", {0, 1}}});
  QueryRows queries;
  queries.unit = Matrix(1234, 2);
  queries.origin = "it's";
  const NoTruth truth;
  const RecallMeter meter(index, truth, queries, {}, 1, 1, true);
  return draw_recall(path, lines, index, queries, meter);
}

}  // namespace

TEST_CASE("the ending says whether a picture is SVG or PNG") {
  const std::vector<RecallLine> lines = {line_of(0, 1, 10), line_of(16, .9, 1)};
  CHECK(contains(script(lines, "p.svg"), "set terminal svg size 800,560 "));
  CHECK(
      contains(script(lines, "p.PNG"), "set terminal pngcairo size 800,560 "));
}

TEST_CASE("a picture that cannot be drawn is told before measuring") {
  const TempDir dir;
  {
    const Path nowhere(dir.path());
    CHECK_THROWS_AS(check_plot("p.svg"), Error);
  }
  write_gnuplot(dir);
  const Path here(dir.path());
  CHECK_NOTHROW(check_plot("p.svg"));
  CHECK_NOTHROW(check_plot("p.png"));
  CHECK_THROWS_AS(check_plot("p.jpg"), cli::UsageError);
  CHECK_THROWS_AS(check_plot("svg"), cli::UsageError);
}

TEST_CASE("nines are equally far apart, and the curve is in order of ef") {
  const std::string text =
      script({line_of(0, 1, 10), line_of(32, .99, 2), line_of(16, .9, 1)});
  CAPTURE(text);
  CHECK(contains(text,
                 "$curve << EOD\n"
                 "1 1.000000 1.000000 1.000000\n"
                 "2 2.000000 2.000000 2.000000\n"
                 "EOD\n"));
  CHECK(contains(text,
                 "set ytics ('1' 2.110000, '0.99' 2.000000, "
                 "'0.98' 1.698970, '0.95' 1.301030, '0.9' 1.000000)\n"));
  CHECK(contains(text, "set yrange [1.000000:2.170000]\n"));
}

TEST_CASE("times are in the units that people read") {
  const std::string text =
      script({line_of(0, 1, 10), line_of(32, .99, 2), line_of(16, .9, 1)});
  CAPTURE(text);
  CHECK(contains(text,
                 "set xtics ('500 µs' 0.5, '1 ms' 1, '2 ms' 2, "
                 "'5 ms' 5, '10 ms' 10, '20 ms' 20)\n"));
  CHECK(contains(text, "set xrange [0.5:20]\n"));
  CHECK(contains(text, "exact search: 10 ms'"));
}

TEST_CASE("exact search is a line from bottom to all found") {
  const std::string text =
      script({line_of(0, 1, 10), line_of(32, .99, 2), line_of(16, .9, 1)});
  CHECK(contains(text, "$exact << EOD\n10 2.110000\n10 1.000000\nEOD\n"));
}

TEST_CASE("a recall of 1 is drawn above the break") {
  const std::string text = script({line_of(0, 1, 10), line_of(16, 1, 1)});
  CAPTURE(text);
  // Ticks are .95, .98 and .99; all is a ninth of the scale above the last.
  CHECK(contains(text, "1 2.076887 2.076887 2.076887\n"));
  CHECK(contains(text,
                 "set ytics ('1' 2.076887, '0.99' 2.000000, "
                 "'0.98' 1.698970, '0.95' 1.301030)\n"));
}

TEST_CASE("labels of two points at one place do not cover each other") {
  const std::string text = script({line_of(0, 1, 100), line_of(16, .9, 1),
                                   line_of(17, .9, 1), line_of(64, .99, 10)});
  CAPTURE(text);
  const auto place = [&text](const std::string& label) {
    const std::size_t begin = text.find(label);
    REQUIRE(begin != std::string::npos);
    const std::size_t offset = text.find("offset character ", begin);
    return text.substr(offset, text.find(" front", offset) - offset);
  };
  CHECK(place("set label 'ef 16'") != place("set label 'ef 17'"));
}

TEST_CASE("title and subtitle say what was measured, quotes doubled") {
  const std::string text = script({line_of(0, 1, 10), line_of(16, .9, 1)});
  CHECK(contains(text, "set label 1 'Recall@10 of list' at screen"));
  CHECK(contains(text, "'2 rows of 2 floats, 1,234 queries (it''s); "));
  CHECK(contains(text, "set ylabel 'recall@10'"));
  CHECK(contains(text, "'too few to judge by'"));
}
