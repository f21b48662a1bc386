// What `extract --serve` says to the program that runs it.
//
// In: paths of images, each ended by NUL. Out: a hello frame, then one frame
// for each path, in the order of the paths. A frame is
//
//   uint32  kind: 0 row, 1 bad image, 2 hello, 3 failed
//   uint32  size of what follows, in bytes (at most 64 MiB)
//   bytes   row:       dim float32, not normalised
//           bad image: why this image has no row; the next path is answered
//           hello:     the JSON of a sidecar (io/sidecar.h): dim and model
//           failed:    instead of hello: why there is no service; it ends
//
// all little-endian. The service ends, with exit code 0, at the end of its
// input. Specification for users: man/imsearch-formats.5.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace imsearch {

struct ServeFrame {
  enum class Kind : std::uint32_t { kRow, kBad, kHello, kFailed };

  Kind kind = Kind::kRow;
  std::string payload;
};

inline constexpr std::size_t kServeHeaderBytes = 8;
inline constexpr std::size_t kServeMaxPayloadBytes = std::size_t{64} << 20;

/// The bytes of a frame: header and payload.
std::string encode_frame(ServeFrame::Kind kind, std::string_view payload);

/// Reads a header of kServeHeaderBytes: sets the kind and gives the size of
/// the payload that follows. Throws Error if this is not a header.
std::size_t decode_frame_header(const char* header, ServeFrame::Kind& kind);

}  // namespace imsearch
