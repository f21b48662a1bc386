// Pictures of lines and text as SVG 1.1 (W3C, 2011), which grows by elements.
//
// Every element has a class; what a class looks like is said once, in CSS.
// Nothing refers to other files: fonts are whatever sans-serif the reader has.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace imsearch {

/// Pixels, from the top left corner.
struct Point {
  double x = 0;
  double y = 0;
};

/// `bytes` as text of an XML document: markup is escaped; a byte that is not
/// UTF-8, and a character that XML 1.0 does not allow, is U+FFFD.
std::string escape_xml(std::string_view bytes);

class Svg {
 public:
  /// `description` is for people who don't see the picture, `css` the style of
  /// the classes.
  Svg(double width, double height, std::string_view description,
      std::string_view css);

  void line(std::string_view style, Point from, Point to);
  void polyline(std::string_view style, const std::vector<Point>& points);
  /// A closed shape. `hint` is shown under a pointing mouse.
  void polygon(std::string_view style, const std::vector<Point>& corners,
               std::string_view hint = "");
  void circle(std::string_view style, Point centre, double radius,
              std::string_view hint = "");
  /// `at` is on the base line: at the text's beginning, or where the style's
  /// text-anchor says.
  void text(std::string_view style, Point at, std::string_view text);
  /// The same, turned to read upwards.
  void upward_text(std::string_view style, Point at, std::string_view text);

  /// The whole document.
  std::string finish() const;

 private:
  void shape(std::string_view tag, std::string_view style,
             const std::string& geometry, std::string_view hint);

  std::string document_;
};

}  // namespace imsearch
