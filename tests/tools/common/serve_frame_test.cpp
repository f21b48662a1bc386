// Frames of extract --serve, byte by byte.
#include "common/serve_frame.h"

#include "base/error.h"

#include <doctest/doctest.h>

#include <string>

TEST_SUITE_BEGIN("tools");

using namespace imsearch;
using namespace std::string_literals;
using Kind = ServeFrame::Kind;

TEST_CASE("a frame is kind, size and payload, little-endian") {
  CHECK(encode_frame(Kind::kRow, "") == "\0\0\0\0\0\0\0\0"s);
  CHECK(encode_frame(Kind::kBad, "why") == "\1\0\0\0\3\0\0\0why"s);
  const std::string long_frame =
      encode_frame(Kind::kFailed, std::string(0x10203, 'x'));
  CHECK(long_frame.substr(0, 8) == "\3\0\0\0\x03\x02\x01\0"s);
  CHECK(long_frame.size() == 8 + 0x10203);
}

TEST_CASE("a header is read back") {
  Kind kind = Kind::kRow;
  CHECK(decode_frame_header("\2\0\0\0\xFF\x01\0\0", kind) == 0x1FF);
  CHECK(kind == Kind::kHello);
  // 64 MiB are the most.
  CHECK(decode_frame_header("\0\0\0\0\0\0\0\4", kind) == 67108864);
  CHECK(kind == Kind::kRow);
}

TEST_CASE("bytes of something else are not header") {
  Kind kind = Kind::kBad;
  CHECK_THROWS_WITH_AS(decode_frame_header("\4\0\0\0\1\0\0\0", kind),
                       "not a frame of extract --serve: kind 4, 1 bytes",
                       Error);
  CHECK_THROWS_AS(decode_frame_header("\0\0\0\0\1\0\0\4", kind), Error);
  CHECK_THROWS_AS(decode_frame_header("\0\0\0\1\0\0\0\0", kind), Error);
  CHECK(kind == Kind::kBad);
}
