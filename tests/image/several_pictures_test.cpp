// Files are written by hand as their formats say, as far as it matters.
#include "image/several_pictures.h"

#include <doctest/doctest.h>

#include <string>

using namespace imsearch;
using namespace std::string_literals;

namespace {

/// A GIF of these frames, with a palette, a comment and control blocks.
std::string gif(int frames) {
  std::string file =
      "GIF89a\1\0\1\0\x80\0\0"s + std::string(6, '\7') + "!\xfe\x05words\0"s;
  for (int i = 0; i < frames; ++i)
    file += "!\xf9\4\0\0\0\0\0,\0\0\0\0\1\0\1\0\x80"s + std::string(6, ',') +
            "\2\2L\1\0"s;
  return file + ";";
}

std::string png(const std::string& type) {
  return "\x89PNG\r\n\x1a\n\0\0\0\1IHDRx0000\0\0\0\2"s + type +
         "xx0000\0\0\0\0IDAT0000\0\0\0\0acTL0000"s;
}

std::string webp(char flags) {
  return "RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0"s + flags + std::string(9, '\0');
}

std::string heif(const std::string& brand) {
  return "\0\0\0\x18"
         "ftypmif1\0\0\0\0mif1"s +
         brand + "msf1";
}

/// A directory of one entry, and where the next is.
std::string tiff(bool little, char next) {
  return little ? "II*\0\x0a\0\0\0..\1\0"s + std::string(12, 'e') + next +
                      "\0\0\0"s
                : "MM\0*\0\0\0\x0a..\0\1"s + std::string(12, 'e') + "\0\0\0"s +
                      next;
}

void check(const std::string& one, const std::string& several) {
  CHECK_FALSE(holds_several_pictures(one));
  CHECK(holds_several_pictures(several));
  // Wherever it is cut: read under the sanitizers, this shows bad places.
  for (const std::string& file : {one, several})
    for (std::size_t size = 0; size < file.size(); ++size)
      if (holds_several_pictures(std::string(file, 0, size)))
        CHECK(file == several);
}

}  // namespace

TEST_SUITE("image") {
  TEST_CASE("animations and pages are known by their headers") {
    check(gif(1), gif(2));
    check(png("tEXt"), png("acTL"));
    check(webp(0x10), webp(0x12));
    check(heif("heic"), heif("hevc"));
    check(heif("avif"), heif("avis"));
    check(tiff(true, 0), tiff(true, 60));
    check(tiff(false, 0), tiff(false, 60));
    CHECK_FALSE(holds_several_pictures("\xff\xd8\xff\xe0"));
    CHECK_FALSE(holds_several_pictures(""));
  }
}
