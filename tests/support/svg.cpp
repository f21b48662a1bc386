#include "support/svg.h"

#include "base/error.h"
#include "support/run.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>

namespace imsearch::test {
namespace {

constexpr const char* kReader = R"(
import json, sys, xml.etree.ElementTree as tree
def local(tag): return tag.rsplit('}', 1)[-1]
print(json.dumps([
    {'tag': local(e.tag), 'attributes': e.attrib,
     'text': (e.text or '') + ''.join(
         c.text or '' for c in e if local(c.tag) == 'title')}
    for e in tree.fromstring(sys.stdin.buffer.read()).iter()]))
)";

}  // namespace

double SvgElement::number(const std::string& attribute) const {
  return std::stod(attributes.at(attribute));
}

std::vector<SvgElement> read_svg(const std::string& document) {
  RunOptions options;
  options.input = document;
  const RunResult parsed = run({"/usr/bin/python3", "-c", kReader}, options);
  if (parsed.status != 0) fail("no XML: {}", parsed.err);
  std::vector<SvgElement> elements;
  for (const auto& e : nlohmann::json::parse(parsed.out))
    elements.push_back({e["tag"], e["text"], e["attributes"]});
  return elements;
}

std::vector<SvgElement> of_class(const std::vector<SvgElement>& elements,
                                 const std::string& name) {
  std::vector<SvgElement> found;
  std::copy_if(elements.begin(), elements.end(), std::back_inserter(found),
               [&](const SvgElement& e) {
                 const auto at = e.attributes.find("class");
                 return at != e.attributes.end() && at->second == name;
               });
  return found;
}

}  // namespace imsearch::test
