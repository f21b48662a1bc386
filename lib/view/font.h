// Antialiased text on an image: DejaVu Sans, drawn by stb_truetype.
//
// Text is UTF-8; a byte that is not, and a control character, is shown as "?".
#pragma once

#include "image/image.h"
#include "view/canvas.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace imsearch {

/// DejaVu Sans at one size. Immutable; any number of threads may use it.
class Font {
 public:
  /// `size_px`: from the lowest descender to the highest ascender.
  explicit Font(float size_px);
  ~Font();
  Font(const Font&) = delete;
  Font& operator=(const Font&) = delete;

  /// How far the text reaches, in pixels.
  float width(std::string_view text) const;

  /// The text, or as much of its two ends, joined by an ellipsis, as is at
  /// most `width_px` wide; at least the ellipsis.
  std::string shorten(std::string_view text, float width_px) const;

  /// Draws the text from `x` on, its line beginning at `top`. What lies outside
  /// the canvas is not drawn.
  void draw(Image& canvas, float x, float top, Color color,
            std::string_view text) const;

 private:
  struct Face;
  struct Letter;

  static std::vector<Letter> letters(std::string_view text);
  float advance(const Letter& letter, const Letter* next) const;
  void draw_letter(Image& canvas, float x, float baseline, Color color,
                   const Letter& letter) const;

  std::unique_ptr<Face> face_;
};

}  // namespace imsearch
