// Any bytes are either frames of extract --serve, the same when they are
// written again, or make their reader throw Error.
#include "base/error.h"
#include "common/serve_frame.h"
#include "io/sidecar.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace imsearch;

/// As who runs `extract --serve` reads them.
void read(std::string_view bytes) {
  try {
    while (bytes.size() >= kServeHeaderBytes) {
      ServeFrame frame;
      const std::size_t size = decode_frame_header(bytes.data(), frame.kind);
      if (size > kServeMaxPayloadBytes) std::abort();
      if (size > bytes.size() - kServeHeaderBytes) return;
      frame.payload = bytes.substr(kServeHeaderBytes, size);
      const std::string again = encode_frame(frame.kind, frame.payload);
      if (again != bytes.substr(0, again.size())) std::abort();
      bytes.remove_prefix(again.size());
      if (frame.kind == ServeFrame::Kind::kHello)
        sidecar_from_json(frame.payload, "extract --serve");
    }
  } catch (const Error&) {
    return;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  read(bytes);
  // Once more as what a hello frame holds.
  read(encode_frame(ServeFrame::Kind::kHello, bytes));
  return 0;
}
