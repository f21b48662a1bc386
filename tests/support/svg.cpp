#include "support/svg.h"

#include "base/error.h"
#include "support/run.h"

#include <nlohmann/json.hpp>

namespace imsearch::test {
namespace {

constexpr const char* kReader = R"(
import json, sys, xml.etree.ElementTree as tree
def local(tag): return tag.rsplit('}', 1)[-1]
print(json.dumps([
    {'tag': local(e.tag), 'attributes': e.attrib,
     'text': e.text or ''}
    for e in tree.fromstring(sys.stdin.buffer.read()).iter()]))
)";

}  // namespace

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

}  // namespace imsearch::test
