// Any bytes are either a sidecar, which is the same when it is written and read
// again, or make its reader throw Error.
#include "base/error.h"
#include "io/sidecar.h"
#include "io/text.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

namespace {

using namespace imsearch;

void read(const std::string& text) {
  try {
    const Sidecar sidecar = sidecar_from_json(text, "sidecar");
    if (sidecar.dim == 0) std::abort();
    const std::string written = to_json(sidecar);
    const Sidecar again = sidecar_from_json(written, "sidecar");
    if (to_json(again) != written) std::abort();
    if (!same_model(sidecar.model, again.model)) std::abort();
    describe(sidecar.model);
  } catch (const Error&) {
    return;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  read(text);
  // Once more inside of a sidecar, so that what is nested gets its share.
  read("{\"dim\":4,\"model\":{" + text + "}}");
  return 0;
}
