#include "io/own_mark.h"

namespace imsearch {
namespace {

using namespace std::string_view_literals;

// A comment segment: its marker, its length with these two bytes, its text.
constexpr std::string_view kJpegMark = "\xFF\xFE\x00\x12Made by imsearch"sv;
// A tEXt chunk: its length, name, keyword and text, and the CRC-32 of these.
constexpr std::string_view kPngMark =
    "\x00\x00\x00\x11tEXtSoftware\x00imsearch\x08\x4F\x30\xE6"sv;
constexpr std::string_view kSvgMark = "<!-- Made by imsearch -->\n";

constexpr std::string_view kJpegBegin = "\xFF\xD8";
constexpr std::string_view kPngBegin = "\x89PNG\r\n\x1A\n";
constexpr std::string_view kXmlBegin = "<?xml";

bool begins(std::string_view bytes, std::string_view with) {
  return bytes.substr(0, with.size()) == with;
}

/// Behind the JFIF segment, which has to be the first.
std::size_t place_in_jpeg(std::string_view bytes) {
  const std::size_t begin = kJpegBegin.size();
  if (bytes.substr(begin, 2) != "\xFF\xE0" || bytes.size() < begin + 4)
    return begin;
  const auto byte = [&](std::size_t at) {
    return static_cast<std::size_t>(static_cast<unsigned char>(bytes[at]));
  };
  return begin + 2 + byte(begin + 2) * 256 + byte(begin + 3);
}

/// Behind the header chunk, which has to be the first: its length and name, 13
/// bytes, and its CRC-32.
std::size_t place_in_png() {
  return kPngBegin.size() + 8 + 13 + 4;
}

/// Behind the declaration, which nothing may come before.
std::size_t place_in_xml(std::string_view bytes) {
  const std::size_t end = bytes.find("?>");
  if (end == std::string_view::npos) return bytes.size();
  return bytes.find_first_not_of("\r\n", end + 2);
}

void insert(std::string& bytes, std::size_t place, std::string_view mark) {
  if (place <= bytes.size()) bytes.insert(place, mark);
}

}  // namespace

std::string with_own_mark(std::string picture) {
  if (begins(picture, kJpegBegin))
    insert(picture, place_in_jpeg(picture), kJpegMark);
  else if (begins(picture, kPngBegin))
    insert(picture, place_in_png(), kPngMark);
  else if (begins(picture, kXmlBegin))
    insert(picture, place_in_xml(picture), kSvgMark);
  return picture;
}

bool has_own_mark(std::string_view bytes) {
  const std::string_view begin = bytes.substr(0, kMarkedWithin);
  const auto has = [&](std::string_view mark) {
    return begin.find(mark) != std::string_view::npos;
  };
  if (begins(begin, kJpegBegin)) return has(kJpegMark);
  if (begins(begin, kPngBegin)) return has(kPngMark);
  if (begins(begin, kXmlBegin)) return has(kSvgMark);
  return begins(begin, "<!DOCTYPE html") && has(kPageMark);
}

}  // namespace imsearch
