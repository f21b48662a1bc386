// eval-recall --plot: the table as a picture.
#include "cli/collection.h"
#include "support/contains.h"
#include "support/svg.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

TEST_SUITE_BEGIN("cli");

using namespace imsearch;
using imsearch::test::contains;
using test::Collection;
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

struct Dot {
  double x = 0;
  double y = 0;
};

/// The marks of gnuplot's filled circle in the order that they are drawn in,
/// which is by rising ef, whatever the times were; without the key's, which is
/// above the axes.
std::vector<Dot> dots_of(const std::vector<test::SvgElement>& elements) {
  std::vector<Dot> dots;
  for (const test::SvgElement& e : elements) {
    const auto color = e.attributes.find("color");
    if (e.tag != "use" || color == e.attributes.end()) continue;
    double x = 0;
    double y = 0;
    const std::string& at = e.attributes.at("transform");
    REQUIRE(std::sscanf(at.c_str(), "translate(%lf,%lf)", &x, &y) == 2);
    constexpr double kTopOfAxes = 111;
    if (color->second == "rgb( 29,  90, 158)" && y > kTopOfAxes)
      dots.push_back({x, y});
  }
  return dots;
}

bool says(const std::vector<test::SvgElement>& elements,
          const std::string& text) {
  return std::any_of(
      elements.begin(), elements.end(),
      [&](const test::SvgElement& e) { return contains(e.text, text); });
}

std::vector<test::SvgElement> picture(const Collection& collection) {
  return test::read_svg(collection.read("p.svg"));
}

bool has_file(const Collection& collection, const std::string& name) {
  const auto files = collection.files();
  return std::find(files.begin(), files.end(), name) != files.end();
}

}  // namespace

TEST_CASE("the picture has a dot and a label for each line of the table") {
  const Collection collection(3000);
  collection.build({"-M", "2", "--ef-construction", "1", "-j", "1"});
  const RunResult result = plot(collection, {"--ef", "40,10,3000"});
  CHECK(result.status == 0);
  CHECK(result.err.empty());
  REQUIRE(test::lines_of(result.out).size() == 5);
  const auto elements = picture(collection);
  const auto dots = dots_of(elements);
  REQUIRE(dots.size() == 3);
  CHECK_FALSE(says(elements, "too few to judge by"));
  // A larger ef finds more: its dot is higher.
  CHECK(dots[0].y > dots[1].y);
  CHECK(dots[1].y > dots[2].y);
  // A label is left out where there is no room, which times decide: whether
  // all are there where there is, tests of the script tell.
  std::size_t labels = 0;
  for (const char* label : {"ef 10", "ef 40", "ef 3000"})
    labels += says(elements, label) ? 1 : 0;
  CHECK(labels > 0);
}

TEST_CASE("recalls that are as far apart in nines are drawn as far apart") {
  const Collection collection(3000);
  collection.build({"-M", "2", "--ef-construction", "1", "-j", "1"});
  const RunResult result = plot(collection, {"--ef", "10,20,40"});
  CHECK(result.status == 0);
  const auto dots = dots_of(picture(collection));
  const auto lines = test::lines_of(result.out);
  REQUIRE(dots.size() == 3);
  std::vector<double> nines;
  for (std::size_t i = 2; i < lines.size(); ++i)
    nines.push_back(-std::log10(1 - std::stod(test::fields_of(lines[i])[3])));
  CHECK((dots[1].y - dots[0].y) / (dots[2].y - dots[0].y) ==
        doctest::Approx((nines[1] - nines[0]) / (nines[2] - nines[0]))
            .epsilon(0.02));
}

TEST_CASE("the picture says what was measured, whatever the index's name") {
  const Collection collection(300);
  const std::string name = "a<b>&c'\xff\n.index";
  collection.build({"-o", name});
  CHECK(plot(collection, {"-i", name, "-k", "5", "-j", "2", "--json", "--ef",
                          "16", "--samples", "20"})
            .status == 0);
  const auto elements = picture(collection);
  CHECK(says(elements, "Recall@5 of a<b>&c'\xEF\xBF\xBD\\n.index"));
  CHECK(says(elements, "300 rows of 24 floats, 20 queries (sampled rows)"));
  CHECK(says(elements, ", 2 threads"));
  CHECK(says(elements, "too few to judge by"));
  CHECK(says(elements, "recall@5"));
  CHECK(says(elements, "exact search: "));
}

TEST_CASE("a recall below --at-least is drawn before it is a failure") {
  const Collection collection(3000);
  collection.build({"-M", "2", "--ef-construction", "1", "-j", "1"});
  CHECK(plot(collection, {"--ef", "10", "--at-least", "1"}).status == 1);
  CHECK(dots_of(picture(collection)).size() == 1);
}

TEST_CASE("the ending of its name says what the picture is") {
  const Collection collection(50);
  collection.build();
  CHECK(collection.run({"eval-recall", "-q", "--plot", "p.png"}).status == 0);
  CHECK(collection.read("p.png").substr(0, 8) == "\x89PNG\r\n\x1a\n");
  const RunResult result =
      collection.run({"eval-recall", "-q", "--plot", "p.jpg"});
  CHECK(result.status == 2);
  CHECK(contains(result.err, "p.jpg"));
  CHECK_FALSE(has_file(collection, "p.jpg"));
}

TEST_CASE("without gnuplot the error names its package") {
  const Collection collection(50);
  collection.build();
  test::RunOptions options;
  options.environment = {"PATH=/nowhere"};
  const RunResult result = plot(collection, {}, options);
  CHECK(result.status == 1);
  CHECK(result.out.empty());
  CHECK(contains(result.err, "gnuplot-nox"));
}

TEST_CASE("a plot never replaces what is read, nor mixes with the table") {
  const Collection collection(50);
  collection.build();
  collection.write("q.png", collection.read("fvecs.bin"));
  collection.write("v.png", collection.read("fvecs.bin"));
  collection.build({"v.png", "-n", "fnames.txt", "--dim", "24", "-o", "i.svg"});
  for (const char* target : {"v.png", "i.svg", "q.png"}) {
    CAPTURE(target);
    const std::string before = collection.read(target);
    const RunResult result = collection.run(
        {"eval-recall", "-i", "i.svg", "--vectors", "q.png", "--plot", target});
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
}

TEST_CASE("a run that fails leaves the older picture and nothing else") {
  const Collection collection(50);
  collection.build();
  REQUIRE(plot(collection, {}).status == 0);
  const std::string older = collection.read("p.svg");
  const auto files = collection.files();
  test::RunOptions full;
  full.stdout_to = "/dev/full";
  CHECK(plot(collection, {}, full).status == 1);
  CHECK(collection.read("p.svg") == older);
  CHECK(collection.files() == files);
}

TEST_SUITE_END();
