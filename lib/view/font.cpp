// Captions by stb_truetype, from a font that is part of the binary: a sheet
// looks the same everywhere, and no font needs to be installed. Text is laid
// out letter by letter, from left to right, with the font's own widths and
// kerning; scripts that need more than that (Arabic, Devanagari) are readable
// at best. Names of photos are mostly ASCII.
#include "view/font.h"

#include "base/error.h"
#include "io/text.h"

#include <stb_truetype.h>

#include <cmath>
#include <cstddef>
#include <cstdint>

// The assembler copies the file that CMake names; the compiler sees no bytes.
asm(".pushsection .rodata\n"
    ".balign 16\n"
    "imsearch_font_data:\n"
    ".incbin \"" IMSEARCH_FONT_FILE
    "\"\n"
    ".popsection\n");

extern "C" const unsigned char imsearch_font_data[];

namespace imsearch {

// stb_truetype reads the font where it lies, so a face is only a few numbers.
struct Font::Face {
  stbtt_fontinfo info = {};
  float scale = 0;
  float ascent_px = 0;
};

/// A character to draw, and its bytes.
struct Font::Letter {
  int codepoint = 0;
  std::string_view bytes;
};

namespace {

constexpr std::string_view kEllipsis = "\xE2\x80\xA6";  // U+2026

bool is_control(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0);
}

}  // namespace

Font::Font(float size_px) : face_(std::make_unique<Face>()) {
  if (stbtt_InitFont(&face_->info, imsearch_font_data, 0) == 0)
    fail("the built-in font is broken");
  face_->scale = stbtt_ScaleForPixelHeight(&face_->info, size_px);
  int ascent = 0;
  stbtt_GetFontVMetrics(&face_->info, &ascent, nullptr, nullptr);
  face_->ascent_px = static_cast<float>(ascent) * face_->scale;
}

Font::~Font() = default;

std::vector<Font::Letter> Font::letters(std::string_view text) {
  std::vector<Letter> letters;
  while (!text.empty()) {
    const CodePoint c = first_code_point(text);
    if (c.size_bytes == 0 || is_control(c.value))
      letters.push_back({'?', "?"});
    else
      letters.push_back(
          {static_cast<int>(c.value), text.substr(0, c.size_bytes)});
    text.remove_prefix(c.size_bytes > 0 ? c.size_bytes : 1);
  }
  return letters;
}

float Font::advance(const Letter& letter, const Letter* next) const {
  int units = 0;
  stbtt_GetCodepointHMetrics(&face_->info, letter.codepoint, &units, nullptr);
  if (next != nullptr)
    units += stbtt_GetCodepointKernAdvance(&face_->info, letter.codepoint,
                                           next->codepoint);
  return static_cast<float>(units) * face_->scale;
}

float Font::width(std::string_view text) const {
  const std::vector<Letter> all = letters(text);
  float sum = 0;
  for (std::size_t i = 0; i < all.size(); ++i)
    sum += advance(all[i], i + 1 < all.size() ? &all[i + 1] : nullptr);
  return sum;
}

std::string Font::shorten(std::string_view text, float width_px) const {
  const std::vector<Letter> all = letters(text);
  std::string whole;
  for (const Letter& letter : all) whole += letter.bytes;
  if (width(whole) <= width_px) return whole;

  // Letters are kept from both ends in turn while they fit: the beginning of a
  // name says what it shows, and the end has its number. Kerning is left out of
  // the sum, a fraction of a pixel for a letter.
  std::string front;
  std::string back;
  float used = width(kEllipsis);
  for (std::size_t kept = 0; kept < all.size(); ++kept) {
    const bool at_end = kept % 2 == 0;
    const Letter& letter =
        at_end ? all[all.size() - 1 - kept / 2] : all[kept / 2];
    used += advance(letter, nullptr);
    if (used > width_px) break;
    if (at_end)
      back.insert(0, letter.bytes);
    else
      front += letter.bytes;
  }
  return front + std::string(kEllipsis) + back;
}

void Font::draw(Image& canvas, float x, float top, Color color,
                std::string_view text) const {
  const std::vector<Letter> all = letters(text);
  const float baseline = std::round(top + face_->ascent_px);
  for (std::size_t i = 0; i < all.size(); ++i) {
    draw_letter(canvas, x, baseline, color, all[i]);
    x += advance(all[i], i + 1 < all.size() ? &all[i + 1] : nullptr);
  }
}

void Font::draw_letter(Image& canvas, float x, float baseline, Color color,
                       const Letter& letter) const {
  // Letters may begin between pixels, as spacing is finer than a pixel.
  const float whole = std::floor(x);
  int width = 0;
  int height = 0;
  int left = 0;
  int above = 0;
  unsigned char* coverage = stbtt_GetCodepointBitmapSubpixel(
      &face_->info, face_->scale, face_->scale, x - whole, 0, letter.codepoint,
      &width, &height, &left, &above);
  if (coverage == nullptr) return;  // a space
  const auto x0 = static_cast<std::ptrdiff_t>(whole) + left;
  const auto y0 = static_cast<std::ptrdiff_t>(baseline) + above;
  for (std::ptrdiff_t i = 0; i < std::ptrdiff_t{width} * height; ++i) {
    const auto px = static_cast<std::size_t>(x0 + i % width);
    const auto py = static_cast<std::size_t>(y0 + i / width);
    // A place left of the canvas or above it has wrapped round to a huge
    // number.
    if (px < canvas.width && py < canvas.height)
      blend(canvas, px, py, color, coverage[i]);
  }
  stbtt_FreeBitmap(coverage, nullptr);
}

}  // namespace imsearch
