// extract on files of several formats, and on files that ask for too much.
#include "cli/extract/files.h"

#include "image/image_files.h"
#include "support/contains.h"

#include <doctest/doctest.h>
#include <zlib.h>
#include <nlohmann/json.hpp>

#include <string>

using namespace imsearch;
using namespace imsearch::test;

namespace {

/// zlib's format: `megabytes` of zeros, in a thousandth of the bytes. Each part
/// ends at a byte, so that it may stand any number of times.
std::string zlib_bomb(std::size_t megabytes) {
  std::string zeros(1 << 20, '\0');
  std::string part(1 << 12, '\0');
  z_stream stream = {};
  REQUIRE(deflateInit2(&stream, 9, Z_DEFLATED, -15, 9, Z_RLE) == Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(zeros.data());
  stream.avail_in = static_cast<uInt>(zeros.size());
  stream.next_out = reinterpret_cast<Bytef*>(part.data());
  stream.avail_out = static_cast<uInt>(part.size());
  REQUIRE(deflate(&stream, Z_FULL_FLUSH) == Z_OK);
  REQUIRE(stream.avail_in == 0);
  part.resize(part.size() - stream.avail_out);
  deflateEnd(&stream);
  std::string bomb = "\x78\x01";
  for (std::size_t i = 0; i < megabytes; ++i) bomb += part;
  return bomb;
}

}  // namespace

TEST_SUITE("cli") {
  TEST_CASE("a PNG of four gigabytes in four megabytes takes no memory") {
    const TempDir dir;
    dir.write("bomb.png", png_file(64, 64, 8, 0, zlib_bomb(4000)));
    dir.write("good.ppm", pattern_ppm(1));
    const RunResult result = extract_in(dir, {"*.p?*", "--json", "-j1"});
    INFO(result.err);
    REQUIRE(result.status == 0);
    CHECK(contains(result.err,
                   "bomb.png: invalid PNG: data behind its last row"));
    const auto summary = nlohmann::json::parse(result.out);
    CHECK(summary.at("bad") == 1);
    CHECK(summary.at("peak_memory_bytes") < 1'000'000'000);
  }
}
