#include "view/svg.h"

#include "io/text.h"

#include <fmt/format.h>

namespace imsearch {
namespace {

/// XML 1.0 (5th edition), production 2; first_code_point() knows no surrogates.
bool is_allowed(char32_t c) {
  if (c < 0x20) return c == '\t' || c == '\n' || c == '\r';
  return c != 0xFFFE && c != 0xFFFF;
}

std::string_view entity(char32_t c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    default:
      return "";
  }
}

std::string points_text(const std::vector<Point>& points) {
  std::string text;
  for (const Point& p : points)
    text += fmt::format("{}{:.1f},{:.1f}", text.empty() ? "" : " ", p.x, p.y);
  return fmt::format(" points=\"{}\"", text);
}

}  // namespace

std::string escape_xml(std::string_view bytes) {
  std::string text;
  while (!bytes.empty()) {
    const CodePoint c = first_code_point(bytes);
    if (c.size_bytes == 0 || !is_allowed(c.value))
      text += "\xEF\xBF\xBD";
    else if (const std::string_view escaped = entity(c.value); !escaped.empty())
      text += escaped;
    else
      text += bytes.substr(0, c.size_bytes);
    bytes.remove_prefix(c.size_bytes > 0 ? c.size_bytes : 1);
  }
  return text;
}

Svg::Svg(double width, double height, std::string_view description,
         std::string_view css)
    : document_(fmt::format(
          "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
          "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" "
          "height=\"{1}\" viewBox=\"0 0 {0} {1}\" role=\"img\" "
          "aria-label=\"{2}\">\n<style>{3}</style>\n"
          "<rect width=\"{0}\" height=\"{1}\" fill=\"white\"/>\n",
          width, height, escape_xml(description), escape_xml(css))) {}

void Svg::shape(std::string_view tag, std::string_view style,
                const std::string& geometry, std::string_view hint) {
  document_ += fmt::format("<{} class=\"{}\"{}", tag, style, geometry);
  document_ += hint.empty() ? "/>\n"
                            : fmt::format("><title>{}</title></{}>\n",
                                          escape_xml(hint), tag);
}

void Svg::line(std::string_view style, Point from, Point to) {
  shape("line", style,
        fmt::format(" x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\"",
                    from.x, from.y, to.x, to.y),
        "");
}

void Svg::polyline(std::string_view style, const std::vector<Point>& points) {
  shape("polyline", style, points_text(points), "");
}

void Svg::polygon(std::string_view style, const std::vector<Point>& corners,
                  std::string_view hint) {
  shape("polygon", style, points_text(corners), hint);
}

void Svg::circle(std::string_view style, Point centre, double radius,
                 std::string_view hint) {
  shape("circle", style,
        fmt::format(" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{:.1f}\"", centre.x,
                    centre.y, radius),
        hint);
}

void Svg::text(std::string_view style, Point at, std::string_view text) {
  document_ +=
      fmt::format("<text class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n",
                  style, at.x, at.y, escape_xml(text));
}

void Svg::upward_text(std::string_view style, Point at, std::string_view text) {
  document_ += fmt::format(
      "<text class=\"{}\" transform=\"translate({:.1f} {:.1f}) rotate(-90)\">"
      "{}</text>\n",
      style, at.x, at.y, escape_xml(text));
}

std::string Svg::finish() const {
  return document_ + "</svg>\n";
}

}  // namespace imsearch
