// Reads an SVG picture with an XML parser that is not ours: Python's.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace imsearch::test {

struct SvgElement {
  std::string tag;   // "use"
  std::string text;  // its own
  std::map<std::string, std::string> attributes;
};

/// All elements, in the document's order. Throws Error if it is not
/// well-formed.
std::vector<SvgElement> read_svg(const std::string& document);

}  // namespace imsearch::test
