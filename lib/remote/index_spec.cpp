#include "remote/index_spec.h"

#include "base/error.h"

namespace imsearch {

std::string to_text(Space space) {
  switch (space) {
    case Space::kCosine:
      return "cosine";
    case Space::kL2:
      return "l2";
    case Space::kInnerProduct:
      return "innerproduct";
  }
  fail("no such space: {}", static_cast<int>(space));
}

Space space_from_text(const std::string& text) {
  for (const Space space : {Space::kCosine, Space::kL2, Space::kInnerProduct})
    if (text == to_text(space)) return space;
  fail("'{}' is none of cosine, l2, innerproduct", text);
}

}  // namespace imsearch
