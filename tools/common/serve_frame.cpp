// Frames are put together and taken apart a byte at a time, so that neither the
// byte order nor the alignment of a machine is in them.
#include "common/serve_frame.h"

#include "base/error.h"

namespace imsearch {
namespace {

constexpr std::size_t kWordBytes = 4;

void append_word(std::string& bytes, std::size_t value) {
  for (std::size_t i = 0; i < kWordBytes; ++i)
    bytes += static_cast<char>(value >> (8 * i) & 0xff);
}

std::uint32_t word_at(const char* bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < kWordBytes; ++i)
    value |= std::uint32_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  return value;
}

}  // namespace

std::string encode_frame(ServeFrame::Kind kind, std::string_view payload) {
  std::string bytes;
  bytes.reserve(kServeHeaderBytes + payload.size());
  append_word(bytes, static_cast<std::size_t>(kind));
  append_word(bytes, payload.size());
  bytes += payload;
  return bytes;
}

std::size_t decode_frame_header(const char* header, ServeFrame::Kind& kind) {
  const std::uint32_t number = word_at(header);
  const std::size_t size = word_at(header + kWordBytes);
  if (number > static_cast<std::uint32_t>(ServeFrame::Kind::kFailed) ||
      size > kServeMaxPayloadBytes)
    fail("not a frame of extract --serve: kind {}, {} bytes", number, size);
  kind = static_cast<ServeFrame::Kind>(number);
  return size;
}

}  // namespace imsearch
