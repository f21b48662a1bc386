// Draws a block of tiles for each query. The pictures of a block are decoded by
// all CPUs at once, each within its share of memory (io/memory_turn.h), and
// kept only as tiles of some 200 pixels. The sheet itself is one image until it
// is written, so its size is bounded before anything is drawn: whatever is
// asked for, it takes no more than some 300 MB.
#include "view/contact_sheet.h"

#include "base/error.h"
#include "base/interrupt.h"
#include "base/parallel_for.h"
#include "io/file.h"
#include "io/memory_turn.h"
#include "io/output_file.h"
#include "io/own_mark.h"
#include "view/canvas.h"
#include "view/font.h"
#include "view/picture.h"

#include <algorithm>
#include <optional>
#include <string>

namespace imsearch {
namespace {

// Pixels.
constexpr std::size_t kTile = 208;
constexpr std::size_t kGap = 12;       // between neighbours
constexpr std::size_t kQueryGap = 44;  // between the query and the first
constexpr std::size_t kMargin = 20;    // around the sheet
constexpr std::size_t kRowGap = 16;    // between lines
constexpr std::size_t kCaption = 46;   // two lines of text under a tile
constexpr std::size_t kFrame = 4;      // around the query, outside its tile
constexpr std::size_t kRule = 2;       // between the query and the first
constexpr std::size_t kRowHeight = kTile + kCaption + kRowGap;
constexpr std::size_t kAcross = 10;  // neighbours in a line

// Three bytes each, held at once. At 10 neighbours they are 149 queries, and
// larger pictures are hardly of use: Pillow, for one, warns of a decompression
// bomb from 89 million pixels on.
constexpr std::size_t kMaxSheetPixels = 100'000'000;

constexpr Color kPaper{255, 255, 255};
constexpr Color kTileGround{243, 244, 246};
constexpr Color kMissing{190, 193, 198};
constexpr Color kMissingText{90, 94, 100};
constexpr Color kQueryColor{37, 99, 175};
constexpr Color kRuleColor{214, 218, 224};
constexpr Color kCaptionColor{20, 24, 31};
constexpr Color kNameColor{96, 103, 114};

struct Sides {
  std::size_t width = 0;
  std::size_t height = 0;
};

struct Fonts {
  Font caption{20};
  Font name{16};
};

/// One of a sheet's pictures: fitted to its tile, or why it can't be shown.
struct Tile {
  std::optional<Image> picture;
  std::string reason;
};

/// No picture for a file that is gone or broken, or larger than memory.
Tile load_tile(const std::string& path) {
  try {
    return {load_picture(path, kTile, SmallPictures::kEnlarged).pixels, ""};
  } catch (const OutOfMemory&) {
    throw;  // it may be there later, so the file is not to blame
  } catch (const NotEnoughMemory&) {
    return {std::nullopt, "too large"};
  } catch (const Error&) {
    return {std::nullopt, "no picture"};
  }
}

std::vector<Tile> load_tiles(const SheetRow& row) {
  std::vector<Tile> tiles(row.size());
  // One picture a block: a large photo takes as long as ten small ones.
  parallel_for(row.size(), 1, 0,
               [&](std::size_t begin, std::size_t end, unsigned) {
                 for (std::size_t i = begin; i < end; ++i)
                   tiles[i] = load_tile(row[i].path);
               });
  return tiles;
}

/// Where tile i of a line begins. The query stands apart from its neighbours.
std::size_t tile_x(std::size_t i) {
  const std::size_t gaps = i == 0 ? 0 : kQueryGap + (i - 1) * kGap;
  return kMargin + i * kTile + gaps;
}

void draw_centred(Image& strip, const Font& font, std::size_t x,
                  std::size_t top, Color color, const std::string& text) {
  const std::string shown = font.shorten(text, kTile);
  const float left = static_cast<float>(x) + (kTile - font.width(shown)) / 2.0F;
  font.draw(strip, left, static_cast<float>(top), color, shown);
}

void draw_picture(Image& strip, std::size_t x, std::size_t y, const Tile& tile,
                  const Fonts& fonts) {
  const std::optional<Image>& picture = tile.picture;
  const std::size_t top = y + kFrame;
  fill_box(strip, {x, top, kTile, kTile}, picture ? kTileGround : kMissing);
  if (picture)
    paste(strip, x + (kTile - picture->width) / 2,
          top + (kTile - picture->height) / 2, *picture);
  else
    draw_centred(strip, fonts.name, x, top + kTile / 2 - 8, kMissingText,
                 tile.reason);
}

/// One answer: the query, and its neighbours in as many lines as they need.
Image draw_block(const SheetRow& row, const Sides& sides, const Fonts& fonts) {
  Image block = make_canvas(sides.width, sides.height, kPaper);
  const std::vector<Tile> tiles = load_tiles(row);
  fill_box(block, {kMargin - kFrame, 0, kTile + 2 * kFrame, kTile + 2 * kFrame},
           kQueryColor);
  if (row.size() > 1)
    fill_box(block,
             {kMargin + kTile + (kQueryGap - kRule) / 2, 0, kRule,
              sides.height - kRowGap},
             kRuleColor);
  for (std::size_t i = 0; i < row.size(); ++i) {
    const std::size_t line = i == 0 ? 0 : (i - 1) / kAcross;
    const std::size_t x = tile_x(i == 0 ? 0 : 1 + (i - 1) % kAcross);
    const std::size_t y = line * kRowHeight;
    draw_picture(block, x, y, tiles[i], fonts);
    const std::size_t top = y + kFrame + kTile + 5;
    draw_centred(block, fonts.caption, x, top,
                 i == 0 ? kQueryColor : kCaptionColor, row[i].caption);
    draw_centred(block, fonts.name, x, top + 21, kNameColor, row[i].name);
  }
  return block;
}

/// Where answers go: in columns, so that a sheet of many answers is not a strip
/// that nobody can look at.
struct Layout {
  Sides block;  // of the largest answer
  std::size_t columns = 1;
  Sides sheet;
};

Layout layout_of(const std::vector<SheetRow>& rows) {
  std::size_t tiles = 1;
  std::size_t lines = 1;
  for (const SheetRow& row : rows) {
    tiles = std::max(tiles, std::min(row.size(), kAcross + 1));
    if (!row.empty())
      lines = std::max(lines, (row.size() + kAcross - 2) / kAcross);
  }
  Layout layout;
  layout.block = {tile_x(tiles - 1) + kTile + kMargin, lines * kRowHeight};
  const auto lines_of_blocks = [&](std::size_t columns) {
    return (rows.size() + columns - 1) / columns;
  };
  // At most half as high again as wide.
  while (layout.columns < rows.size() &&
         2 * lines_of_blocks(layout.columns) * layout.block.height >
             3 * layout.columns * layout.block.width)
    ++layout.columns;
  layout.sheet = {layout.columns * layout.block.width,
                  lines_of_blocks(layout.columns) * layout.block.height +
                      2 * kMargin - kRowGap};
  return layout;
}

/// Before anything is drawn, so that nobody waits in vain.
void check_sides(const Sides& sides, const std::string& path) {
  if (sides.height > kMaxSheetPixels / sides.width)
    fail(
        "{}: {} x {} pixels, a sheet may have {} million in all: draw fewer "
        "queries or neighbours, or write a page with --html",
        path, sides.width, sides.height, kMaxSheetPixels / 1'000'000);
}

std::string file_of(const Image& sheet, const std::string& path) {
  return with_own_mark(ending_of(path) == "png" ? to_png(sheet)
                                                : to_jpeg(sheet));
}

}  // namespace

void write_contact_sheet(const std::vector<SheetRow>& rows,
                         const std::string& path) {
  if (rows.empty()) fail("{}: no query to draw", path);
  const Layout layout = layout_of(rows);
  check_sides(layout.sheet, path);
  const Fonts fonts;
  OutputFile file(path);
  Image sheet = make_canvas(layout.sheet.width, layout.sheet.height, kPaper);
  for (std::size_t i = 0; i < rows.size(); ++i)
    paste(sheet, i % layout.columns * layout.block.width,
          kMargin + i / layout.columns * layout.block.height,
          draw_block(rows[i], layout.block, fonts));
  check_interrupt();
  file.write(file_of(sheet, path));
  check_interrupt();  // that took seconds where the sheet is large
  file.commit();
}

}  // namespace imsearch
