// eval-recall --plot: the table as a picture.
#include "cli/collection.h"
#include "support/contains.h"
#include "support/svg.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

TEST_SUITE_BEGIN("cli");

using namespace imsearch;
using imsearch::test::contains;
using test::Collection;
using test::of_class;
using test::RunResult;

namespace {

const std::vector<std::string> kPlot = {"eval-recall", "-q", "--plot", "p.svg"};

RunResult plot(const Collection& collection,
               const std::vector<std::string>& more,
               const test::RunOptions& options = {}) {
  std::vector<std::string> args = kPlot;
  args.insert(args.end(), more.begin(), more.end());
  return collection.run(args, options);
}

std::vector<test::SvgElement> dots_of(const Collection& collection) {
  auto dots = of_class(test::read_svg(collection.read("p.svg")), "dot");
  dots.erase(dots.begin());  // the key's
  return dots;
}

bool has_file(const Collection& collection, const std::string& name) {
  const auto files = collection.files();
  return std::find(files.begin(), files.end(), name) != files.end();
}

}  // namespace

TEST_CASE("the picture shows each line of the table, by rising ef") {
  const Collection collection(3000);
  collection.build({"-M", "2", "--ef-construction", "1", "-j", "1"});
  const RunResult result = plot(collection, {"--ef", "40,10,3000"});
  CHECK(result.status == 0);
  CHECK(result.err.empty());
  const auto lines = test::lines_of(result.out);
  REQUIRE(lines.size() == 5);
  const auto dots = dots_of(collection);
  REQUIRE(dots.size() == 3);
  const std::vector<std::size_t> line_of_dot = {3, 2, 4};
  for (std::size_t i = 0; i < dots.size(); ++i) {
    const auto fields = test::fields_of(lines[line_of_dot[i]]);
    CAPTURE(dots[i].text);
    CHECK(dots[i].text.rfind("ef " + fields[1] + ": ", 0) == 0);
    const std::string values = dots[i].text.substr(fields[1].size() + 5);
    CHECK(std::stod(values) == doctest::Approx(std::stod(fields[3])));
    if (i > 0) CHECK(dots[i].number("cy") < dots[i - 1].number("cy"));
  }
}

TEST_CASE("the picture says what was measured") {
  const Collection collection(300);
  collection.build({"-o", "a<b>&c.index"});
  CHECK(plot(collection, {"-i", "a<b>&c.index", "-k", "5", "-j", "2", "--json",
                          "--ef", "16", "--samples", "20"})
            .status == 0);
  const auto elements = test::read_svg(collection.read("p.svg"));
  CHECK(of_class(elements, "title").at(0).text == "Recall@5 of a<b>&c.index");
  const std::string subtitle = of_class(elements, "subtitle").at(0).text;
  CHECK(contains(subtitle, "300 rows of 24 floats, 20 queries (sampled rows)"));
  CHECK(contains(subtitle, ", 2 threads"));
  CHECK(of_class(elements, "axis-y").at(0).text == "recall@5");
  CHECK(contains(of_class(elements, "diamond").at(1).text, "exact search"));
}

TEST_CASE("a recall below --at-least is drawn before it is a failure") {
  const Collection collection(3000);
  collection.build({"-M", "2", "--ef-construction", "1", "-j", "1"});
  CHECK(plot(collection, {"--ef", "10", "--at-least", "1"}).status == 1);
  CHECK(dots_of(collection).size() == 1);
}

TEST_CASE("a plot never replaces what is read, nor mixes with the table") {
  const Collection collection(50);
  collection.build();
  collection.write("q.bin", collection.read("fvecs.bin"));
  for (const char* target : {"fvecs.bin", "fvecs.bin.hnsw.index", "q.bin"}) {
    CAPTURE(target);
    const std::string before = collection.read(target);
    const RunResult result =
        collection.run({"eval-recall", "--vectors", "q.bin", "--plot", target});
    CHECK(result.status == 2);
    CHECK(contains(result.err, target));
    CHECK(collection.read(target) == before);
  }
  CHECK(collection.run({"eval-recall", "--plot", "-"}).status == 2);
  CHECK(plot(collection, {"--tune", "0.9"}).status == 2);
  CHECK_FALSE(has_file(collection, "p.svg"));
}

TEST_CASE("a plot that cannot be written fails before anything is measured") {
  const Collection collection(50);
  collection.build();
  const RunResult result =
      collection.run({"eval-recall", "--plot", "nowhere/p.svg"});
  CHECK(result.status == 1);
  CHECK(result.out.empty());
  CHECK(contains(result.err, "nowhere"));
  CHECK(collection.run({"eval-recall", "--plot", "/dev/full"}).status == 1);
}

TEST_CASE("a run that fails leaves the older picture and nothing else") {
  const Collection collection(50);
  collection.build();
  collection.write("p.svg", "older");
  const auto files = collection.files();
  test::RunOptions full;
  full.stdout_to = "/dev/full";
  CHECK(plot(collection, {}, full).status == 1);
  CHECK(collection.read("p.svg") == "older");
  CHECK(collection.files() == files);
}

TEST_SUITE_END();
