// kitty: "Terminal graphics protocol", PNG in pieces of 4096 base64 digits;
// iTerm2: "Inline Images Protocol".
#include "view/terminal_picture.h"

#include "base/error.h"
#include "base/parallel_for.h"
#include "io/memory_turn.h"
#include "io/text.h"
#include "view/canvas.h"
#include "view/font.h"
#include "view/picture.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace imsearch {
namespace {

constexpr std::size_t kTile = 112;
constexpr std::size_t kGap = 8;
constexpr std::size_t kCaption = 18;
// Between black and white, since nobody knows what the terminal has.
constexpr Color kGround{32, 34, 38};
constexpr Color kMissing{96, 99, 104};
constexpr Color kText{214, 218, 224};

std::string kitty_picture(const Image& image) {
  constexpr std::size_t kPiece = 4096;
  const std::string digits = base64(to_png(image));
  std::string text;
  for (std::size_t at = 0; at < digits.size(); at += kPiece)
    text += fmt::format(
        "\x1b_G{}m={};{}\x1b\\", at == 0 ? "a=T,f=100,q=2," : "q=2,",
        at + kPiece < digits.size() ? 1 : 0, digits.substr(at, kPiece));
  return text;
}

std::string iterm2_picture(const Image& image) {
  const std::string bytes = to_png(image);
  return fmt::format(
      "\x1b]1337;File=inline=1;size={};width={}px;height={}px:{}\a",
      bytes.size(), image.width, image.height, base64(bytes));
}

std::optional<Image> try_picture(const std::string& path) {
  try {
    return load_picture(path, kTile, SmallPictures::kEnlarged).pixels;
  } catch (const OutOfMemory&) {
    throw;
  } catch (const Interrupted&) {
    throw;
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace

std::string terminal_picture(const Image& image, PictureProtocol protocol) {
  switch (protocol) {
    case PictureProtocol::kKitty:
      return kitty_picture(image);
    case PictureProtocol::kIterm2:
      return iterm2_picture(image);
    case PictureProtocol::kSixel:
      return to_sixel(image);
  }
  fail("no such protocol: {}", static_cast<int>(protocol));
}

std::vector<Image> draw_strips(const std::vector<StripTile>& tiles,
                               std::size_t width) {
  std::vector<std::optional<Image>> pictures(tiles.size());
  parallel_for(tiles.size(), 1, 0,
               [&](std::size_t begin, std::size_t end, unsigned) {
                 for (std::size_t i = begin; i < end; ++i)
                   pictures[i] = try_picture(tiles[i].path);
               });
  const Font font(15);
  const std::size_t across =
      std::max<std::size_t>(1, (width + kGap) / (kTile + kGap));
  std::vector<Image> strips;
  for (std::size_t first = 0; first < tiles.size(); first += across) {
    const std::size_t count = std::min(across, tiles.size() - first);
    Image strip =
        make_canvas(count * (kTile + kGap) - kGap, kTile + kCaption, kGround);
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t x = i * (kTile + kGap);
      const std::optional<Image>& picture = pictures[first + i];
      if (picture)
        paste(strip, x + (kTile - picture->width) / 2,
              (kTile - picture->height) / 2, *picture);
      else
        fill_box(strip, {x, 0, kTile, kTile}, kMissing);
      const std::string text =
          font.shorten(tiles[first + i].caption, static_cast<float>(kTile));
      font.draw(strip,
                static_cast<float>(x) + (kTile - font.width(text)) / 2.0F,
                static_cast<float>(kTile), kText, text);
    }
    strips.push_back(std::move(strip));
  }
  return strips;
}

}  // namespace imsearch
