#include "view/plot.h"
#include "base/error.h"
#include "support/contains.h"
#include "support/svg.h"
#include "view/log_axis.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

TEST_SUITE_BEGIN("view");

using namespace imsearch;
using doctest::Approx;
using test::contains;
using test::of_class;
using test::SvgElement;
using Elements = std::vector<SvgElement>;

namespace {

PlotPoint point(double time_ms, double found, double half_interval = 0) {
  return {"ef", time_ms, found, found - half_interval,
          std::min(1.0, found + half_interval)};
}

Plot plot_of(const std::vector<PlotPoint>& curve) {
  Plot plot;
  plot.title = "Recall";
  plot.subtitle = "100 rows";
  plot.time_title = "time";
  plot.found_title = "recall@10";
  plot.curve_name = "index";
  plot.curve = curve;
  plot.reference_name = "exact search";
  plot.reference_ms = 40;
  return plot;
}

/// The marks of the curve's points; the key's mark comes before them.
Elements dots_of(const Elements& elements) {
  Elements dots = of_class(elements, "dot");
  dots.erase(dots.begin());
  return dots;
}

Elements draw(const Plot& plot) {
  return test::read_svg(draw_plot(plot));
}

/// Where the axis of shares has this text; texts are 4.5 below their ticks.
double y_of_tick(const Elements& elements, const std::string& text) {
  for (const SvgElement& tick : of_class(elements, "tick-y"))
    if (tick.text == text) return tick.number("y") - 4.5;
  FAIL("no tick " << text);
  return 0;
}

double x_of_tick(const Elements& elements, const std::string& text) {
  for (const SvgElement& tick : of_class(elements, "tick-x"))
    if (tick.text == text) return tick.number("x");
  FAIL("no tick " << text);
  return 0;
}

void check_all_within(const Elements& elements) {
  for (const SvgElement& e : elements)
    for (const auto& [name, value] : e.attributes) {
      const bool across = name == "x" || name == "cx" || name == "x1";
      if (!across && name != "y" && name != "cy" && name != "y1") continue;
      CAPTURE(e.tag);
      CHECK(std::stod(value) >= 0);
      CHECK(std::stod(value) <=
            elements[0].number(across ? "width" : "height"));
    }
}

}  // namespace

TEST_CASE("slower is further right, and what finds more is further up") {
  const auto elements = draw(plot_of(
      {point(0.1, 0.5), point(0.2, 0.97, 0.01), point(0.5, 0.995, 0.002),
       point(1.1, 0.9999, 0.0001), point(2.5, 1)}));
  const Elements dots = dots_of(elements);
  REQUIRE(dots.size() == 5);
  for (std::size_t i = 1; i < dots.size(); ++i) {
    CHECK(dots[i].number("cx") > dots[i - 1].number("cx") + 10);
    CHECK(dots[i].number("cy") < dots[i - 1].number("cy") - 10);
  }
  check_all_within(elements);
}

TEST_CASE("points lie where the axes say") {
  const auto elements = draw(plot_of(
      {point(0.2, 0.9), point(1, 0.99), point(5, 0.999), point(20, 1)}));
  const Elements dots = dots_of(elements);
  const std::vector<std::string> found = {"0.9", "0.99", "0.999", "1"};
  const std::vector<std::string> times = {"200 µs", "1 ms", "5 ms", "20 ms"};
  for (std::size_t i = 0; i < dots.size(); ++i) {
    CHECK(dots[i].number("cy") == Approx(y_of_tick(elements, found[i])));
    CHECK(dots[i].number("cx") == Approx(x_of_tick(elements, times[i])));
  }
  CHECK(dots[0].number("cy") - dots[1].number("cy") ==
        Approx(dots[1].number("cy") - dots[2].number("cy")).epsilon(0.01));
}

TEST_CASE("an interval reaches from its low to its high end, also to 1") {
  PlotPoint middle = point(1, 0.99);
  middle.low = 0.98;
  middle.high = 0.995;
  PlotPoint top = point(2, 0.999);
  top.low = 0.998;
  top.high = 1;
  const auto elements = draw(plot_of({middle, top}));
  std::vector<SvgElement> upright;
  for (const SvgElement& line : of_class(elements, "interval"))
    if (line.number("x1") == line.number("x2")) upright.push_back(line);
  REQUIRE(upright.size() == 3);  // with that of the key
  CHECK(upright[1].number("y1") == Approx(y_of_tick(elements, "0.995")));
  CHECK(upright[1].number("y2") == Approx(y_of_tick(elements, "0.98")));
  CHECK(upright[2].number("y1") == Approx(y_of_tick(elements, "1")));
  CHECK(upright[2].number("y2") == Approx(y_of_tick(elements, "0.998")));
  CHECK(upright[1].number("x1") == dots_of(elements)[0].number("cx"));
}

TEST_CASE("exact search is an upright line with a mark of its own") {
  Plot plot = plot_of({point(1, 0.99)});
  plot.reference_ms = 50;
  plot.reference_name = "exact: 50 ms";
  const auto elements = draw(plot);
  const Elements lines = of_class(elements, "reference");
  REQUIRE(lines.size() == 2);  // the first is the key's
  CHECK(lines[1].number("x1") == Approx(x_of_tick(elements, "50 ms")));
  CHECK(lines[1].number("x1") == lines[1].number("x2"));
  CHECK(lines[1].number("y2") - lines[1].number("y1") > 300);
  CHECK(of_class(elements, "diamond").at(1).text == "exact: 50 ms");
}

TEST_CASE("few points, and all at one place, make a plot too") {
  for (const double found : {0.0, 0.3, 0.9, 0.99999, 1.0})
    for (const double time : {1e-4, 40.0, 7e5}) {
      CAPTURE(found);
      CAPTURE(time);
      const auto elements =
          draw(plot_of({point(time, found), point(time, found)}));
      CHECK(dots_of(elements).size() == 2);
      CHECK(of_class(elements, "tick-x").size() >= 4);
      CHECK(of_class(elements, "tick-y").size() >= 4);
      check_all_within(elements);
    }
}

TEST_CASE("labels cover neither each other nor points") {
  std::vector<PlotPoint> curve;
  for (int i = 0; i < 40; ++i) {
    curve.push_back(
        point(0.1 * std::pow(1.07, i), 1 - 0.2 * std::pow(0.82, i), 1e-5));
    curve.back().label = "ef " + std::to_string(10 + i);
  }
  const auto elements = draw(plot_of(curve));
  const Elements labels = of_class(elements, "label");
  CHECK(labels.size() > 30);
  for (std::size_t a = 0; a < labels.size(); ++a) {
    for (std::size_t b = 0; b < a; ++b)
      CHECK((std::abs(labels[a].number("x") - labels[b].number("x")) > 30 ||
             std::abs(labels[a].number("y") - labels[b].number("y")) > 12));
    for (const SvgElement& dot : dots_of(elements))
      CHECK((std::abs(labels[a].number("x") - dot.number("cx")) > 15 ||
             std::abs(labels[a].number("y") - 4.5 - dot.number("cy")) > 5));
  }
  check_all_within(elements);
}

TEST_CASE("pointing at a point shows its values, whether labelled or not") {
  std::vector<PlotPoint> curve(30, point(1.5, 0.9985));
  for (PlotPoint& p : curve) p = {"ef 64", 1.5, 0.9985, 0.9977, 0.9992};
  const auto elements = draw(plot_of(curve));
  CHECK(of_class(elements, "label").size() < 30);
  for (const SvgElement& dot : dots_of(elements))
    CHECK(dot.text == "ef 64: 0.9985 (0.9977 to 0.9992) in 1.5 ms");
}

TEST_CASE("names of any bytes make well-formed XML that asks for no file") {
  Plot plot = plot_of({point(1, 0.99)});
  plot.title = "a<b>&\"'\xFF\x01]]>\xEF\xBF\xBE\xC3\xA9.index";
  plot.subtitle = "&lt;\x7F\n\t--";
  plot.curve[0].label = "<ef>\x02";
  plot.reference_name = plot.curve_name = plot.time_title = plot.found_title =
      plot.title;
  const std::string document = draw_plot(plot);
  const auto elements = test::read_svg(document);
  CHECK(of_class(elements, "title").at(0).text ==
        "a<b>&\"'??]]>\xEF\xBF\xBD\xC3\xA9.index");
  CHECK(of_class(elements, "key").at(0).text ==
        "a<b>&\"'\xEF\xBF\xBD\xEF\xBF\xBD]]>\xEF\xBF\xBD\xC3\xA9.index");
  CHECK(dots_of(elements).at(0).text.rfind("<ef>\xEF\xBF\xBD: 0.99 ", 0) == 0);
  for (const char* reference : {"href", "url(", "@import", "<image", "<script"})
    CHECK_FALSE(contains(document, reference));
}

TEST_CASE("a long title is cut to the picture's width") {
  Plot plot = plot_of({point(1, 0.99)});
  plot.title = std::string(500, 'W');
  const std::string title = of_class(draw(plot), "title").at(0).text;
  CHECK(title.size() < 60);
  CHECK(title.substr(0, 3) == "WWW");
}

TEST_CASE("a plot of nothing, or of impossible numbers, is an error") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_AS(draw_plot(plot_of({})), Error);
  for (const double time : {0.0, -1.0, nan, HUGE_VAL})
    CHECK_THROWS_AS(draw_plot(plot_of({point(time, 0.9)})), Error);
  for (const double found : {-0.1, 1.1, nan})
    CHECK_THROWS_AS(draw_plot(plot_of({point(1, found)})), Error);
  Plot plot = plot_of({point(1, 0.9)});
  plot.reference_ms = 0;
  CHECK_THROWS_AS(draw_plot(plot), Error);
}

TEST_CASE("a logarithmic axis ends at ticks around its values") {
  const LogAxis axis(0.3, 45, 100, 700);
  const std::vector<double> ticks = axis.ticks(10);
  const std::vector<double> expected = {0.2, 0.5, 1, 2, 5, 10, 20, 50};
  REQUIRE(ticks.size() == expected.size());
  for (std::size_t i = 0; i < ticks.size(); ++i)
    CHECK(ticks[i] == Approx(expected[i]));
  CHECK(axis.px(0.2) == Approx(100));
  CHECK(axis.px(50) == Approx(700));
  CHECK(axis.px(5) - axis.px(0.5) == Approx(axis.px(20) - axis.px(2)));
  CHECK(axis.ticks(7).size() == 2);  // 1 and 10
}

TEST_CASE("values on ticks need no more room, but four ticks are the least") {
  CHECK(LogAxis(0.1, 1, 0, 1).ticks(9).front() == Approx(0.1));
  CHECK(LogAxis(0.1, 1, 0, 1).ticks(9).size() == 4);
  CHECK(LogAxis(1 - 0.9, 1, 0, 1).ticks(9).front() == Approx(0.1));
  CHECK(LogAxis(1, 1, 0, 1).ticks(9).front() == Approx(0.1));
  CHECK(LogAxis(1e-9, 1e9, 0, 1).ticks(60).size() == 55);
}

TEST_SUITE_END();
