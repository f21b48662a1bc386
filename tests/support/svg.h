// Reads an SVG picture with an XML parser that is not ours: Python's.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace imsearch::test {

struct SvgElement {
  std::string tag;   // "circle"
  std::string text;  // its own, and that of its <title>
  std::map<std::string, std::string> attributes;

  double number(const std::string& attribute) const;
};

/// All elements, in the document's order. Throws Error if it is not
/// well-formed.
std::vector<SvgElement> read_svg(const std::string& document);

/// Those of one class.
std::vector<SvgElement> of_class(const std::vector<SvgElement>& elements,
                                 const std::string& name);

}  // namespace imsearch::test
