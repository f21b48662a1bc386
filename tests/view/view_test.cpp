#include "base/error.h"
#include "image/decode.h"
#include "image/image_files.h"
#include "io/file.h"
#include "support/temp_dir.h"
#include "view/contact_sheet.h"
#include "view/font.h"

#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>
#include <string>

TEST_SUITE_BEGIN("view");

using namespace imsearch;

namespace {

constexpr Color kRed{220, 30, 30};
constexpr Color kGreen{30, 160, 60};

/// A picture of one colour, as PNM: any reader's simplest format.
std::string write_picture(const test::TempDir& dir, const std::string& name,
                          std::size_t width, std::size_t height, Color color) {
  std::string bytes =
      "P6\n" + std::to_string(width) + " " + std::to_string(height) + "\n255\n";
  for (std::size_t i = 0; i < width * height; ++i)
    for (const std::uint8_t value : {color.red, color.green, color.blue})
      bytes += static_cast<char>(value);
  return dir.write(name, bytes);
}

Image read_sheet(const std::string& path) {
  return decode_image(read_file(path), path);
}

bool is_near(const Image& image, std::size_t x, std::size_t y, Color color) {
  const std::uint8_t* p = &image.rgb[(y * image.width + x) * 3];
  return std::abs(p[0] - color.red) < 16 && std::abs(p[1] - color.green) < 16 &&
         std::abs(p[2] - color.blue) < 16;
}

int red_of(const Image& image, std::size_t x) {
  return image.rgb[(10 * image.width + x) * 3];
}

std::size_t count_near(const Image& image, Color color) {
  std::size_t count = 0;
  for (std::size_t y = 0; y < image.height; ++y)
    for (std::size_t x = 0; x < image.width; ++x)
      count += is_near(image, x, y, color) ? 1 : 0;
  return count;
}

std::size_t files_in(const test::TempDir& dir) {
  return static_cast<std::size_t>(
      std::distance(std::filesystem::directory_iterator(dir.path()), {}));
}

}  // namespace

TEST_CASE("a sheet shows the query left of its neighbours") {
  const test::TempDir dir;
  const std::string red = write_picture(dir, "red.ppm", 40, 40, kRed);
  const std::string green = write_picture(dir, "green.ppm", 40, 40, kGreen);
  write_contact_sheet({{{red, "query", "red.ppm"},
                        {green, "0.873", "green.ppm"},
                        {green, "0.700", "green.ppm"}}},
                      dir / "sheet.jpg");
  const Image sheet = read_sheet(dir / "sheet.jpg");
  CHECK(is_near(sheet, 120, 120, kRed));
  CHECK(is_near(sheet, sheet.width - 120, 120, kGreen));
  const std::size_t red_area = count_near(sheet, kRed);
  CHECK(red_area > 200 * 200);
  CHECK(count_near(sheet, kGreen) ==
        doctest::Approx(2.0 * static_cast<double>(red_area)).epsilon(0.02));
}

TEST_CASE("each query is a line, as long as the longest") {
  const test::TempDir dir;
  const std::string red = write_picture(dir, "red.ppm", 4, 4, kRed);
  const SheetTile tile{red, "query", "red.ppm"};
  const auto size_of = [&](const std::vector<SheetRow>& rows) {
    write_contact_sheet(rows, dir / "sheet.jpg");
    const Image sheet = read_sheet(dir / "sheet.jpg");
    return std::pair(sheet.width, sheet.height);
  };
  const auto one = size_of({{tile, tile}});
  const auto two = size_of({{tile, tile}, {tile, tile}});
  const auto three = size_of({{tile}, {tile, tile, tile}, {tile}});
  CHECK(one.first == two.first);
  CHECK(two.second > one.second + 208);
  CHECK(three.second - two.second == two.second - one.second);
  CHECK(three.first > two.first + 208);
}

TEST_CASE("a picture keeps its proportions within its tile") {
  const test::TempDir dir;
  const std::string tall = write_picture(dir, "tall.ppm", 50, 100, kRed);
  write_contact_sheet({{{tall, "", ""}}}, dir / "tall.jpg");
  const double tall_area =
      static_cast<double>(count_near(read_sheet(dir / "tall.jpg"), kRed));
  CHECK(tall_area == doctest::Approx(208.0 * 104).epsilon(0.03));

  const std::string line = write_picture(dir, "line.ppm", 3000, 1, kRed);
  write_contact_sheet({{{line, "", ""}}}, dir / "line.jpg");
  CHECK(read_sheet(dir / "line.jpg").width > 208);
}

TEST_CASE("a photo stands upright, as its EXIF says") {
  const test::TempDir dir;
  constexpr std::uint32_t kSide = 40;
  constexpr int kTurnRight = 6;
  std::string rows;  // red on the left, green on the right
  for (std::uint32_t y = 0; y < kSide; ++y) {
    rows += '\0';  // no filter
    for (std::uint32_t x = 0; x < kSide; ++x) {
      const Color color = x < kSide / 2 ? kRed : kGreen;
      for (const std::uint8_t value : {color.red, color.green, color.blue})
        rows += static_cast<char>(value);
    }
  }
  const std::string photo = dir.write(
      "photo.png",
      test::png_file(kSide, kSide, 8, 2, test::zlib_stored(rows),
                     test::png_chunk("eXIf", test::exif_block(kTurnRight))));
  write_contact_sheet({{{photo, "", ""}}}, dir / "sheet.jpg");
  const Image sheet = read_sheet(dir / "sheet.jpg");
  CHECK(is_near(sheet, 60, 60, kRed));
  CHECK(is_near(sheet, 180, 60, kRed));
  CHECK(is_near(sheet, 60, 190, kGreen));
}

TEST_CASE("a file that is gone or broken is a grey tile") {
  const test::TempDir dir;
  const std::string broken = dir.write("broken.jpg", "\xFF\xD8\xFF not a JPEG");
  for (const std::string& path :
       {dir / "gone.jpg", broken, dir.path(), std::string()}) {
    CAPTURE(path);
    write_contact_sheet({{{path, "query", "name.jpg"}}}, dir / "sheet.jpg");
    CHECK(count_near(read_sheet(dir / "sheet.jpg"), {190, 193, 198}) >
          200 * 190);
  }
}

TEST_CASE("captions and names are drawn") {
  const test::TempDir dir;
  const auto ink = [&](const std::string& caption, const std::string& name) {
    write_contact_sheet({{{"", caption, name}, {"", caption, name}}},
                        dir / "sheet.jpg");
    const Image sheet = read_sheet(dir / "sheet.jpg");
    return sheet.width * sheet.height - count_near(sheet, {255, 255, 255});
  };
  const std::size_t without = ink("", "");
  CHECK(ink("0.873", "") > without + 200);
  CHECK(ink("", "a.jpg") > without + 100);
  CHECK(ink("", "name \xFF\n\x01.jpg") > without + 100);
}

TEST_CASE("a sheet that cannot be written leaves nothing behind") {
  const test::TempDir dir;
  const SheetTile tile{"", "query", "a.jpg"};
  CHECK_THROWS_AS(write_contact_sheet({{tile}}, dir / "none/sheet.jpg"), Error);
  CHECK_THROWS_AS(write_contact_sheet({}, dir / "sheet.jpg"), Error);
  CHECK_THROWS_AS(write_contact_sheet({{tile}}, "/dev/full"), Error);
  CHECK(files_in(dir) == 0);
}

TEST_CASE("many neighbours and many queries wrap") {
  const test::TempDir dir;
  const std::string red = write_picture(dir, "red.ppm", 40, 40, kRed);
  const SheetTile tile{"", "", ""};
  SheetRow row(24, tile);  // the query, and 23: three lines
  row.back() = {red, "", ""};
  write_contact_sheet({row}, dir / "long.jpg");
  const Image neighbours = read_sheet(dir / "long.jpg");
  CHECK(neighbours.width == 2480);
  CHECK(neighbours.height == 3 * 270 + 24);
  // The last is the third of the third line.
  CHECK(is_near(neighbours, 272 + 2 * 220 + 104, 20 + 2 * 270 + 104, kRed));

  std::vector<SheetRow> rows(60, SheetRow(7, tile));
  rows[59][6] = {red, "", ""};
  write_contact_sheet(rows, dir / "queries.jpg");
  const Image queries = read_sheet(dir / "queries.jpg");
  CHECK(queries.width == 3 * 1600);
  CHECK(queries.height == 20 * 270 + 24);
  CHECK(is_near(queries, 2 * 1600 + 272 + 5 * 220 + 104, 20 + 19 * 270 + 104,
                kRed));
}

TEST_CASE("a sheet is written as its ending says") {
  const test::TempDir dir;
  const std::string red = write_picture(dir, "red.ppm", 40, 40, kRed);
  const std::vector<SheetRow> rows = {{{red, "", ""}, {red, "", ""}}};
  write_contact_sheet(rows, dir / "sheet.PNG");
  write_contact_sheet(rows, dir / "sheet.jpg");
  CHECK(read_file(dir / "sheet.PNG").rfind("\x89PNG", 0) == 0);
  CHECK(read_file(dir / "sheet.jpg").rfind("\xFF\xD8", 0) == 0);
  const Image png = read_sheet(dir / "sheet.PNG");
  const Image jpeg = read_sheet(dir / "sheet.jpg");
  CHECK(png.width == jpeg.width);
  CHECK(png.height == jpeg.height);
  CHECK(png.rgb[(100 * png.width + 100) * 3] == kRed.red);
}

TEST_CASE("a sheet of more pixels than memory is given for is refused") {
  const test::TempDir dir;
  // 11 tiles are 2,480 pixels wide, and each line adds 270 to the height.
  const SheetRow row(11, SheetTile{"", "", ""});
  CHECK_THROWS_WITH_AS(
      write_contact_sheet(std::vector<SheetRow>(150, row), dir / "sheet.jpg"),
      doctest::Contains("100 million"), Error);
  CHECK(files_in(dir) == 0);
}

TEST_CASE("a long name is shortened in the middle and fits") {
  const Font font(16);
  const std::string name = "a_photo_with_a_very_long_name_of_a_shop_0001.jpg";
  for (const float width : {40.0F, 100.0F, 200.0F}) {
    const std::string shown = font.shorten(name, width);
    CAPTURE(shown);
    CHECK(font.width(shown) <= width);
    CHECK(font.width(shown) > width - 20);
    CHECK(shown.front() == 'a');
    CHECK(shown.back() == 'g');
    CHECK(shown.find("\xE2\x80\xA6") != std::string::npos);
  }
  CHECK(font.shorten(name, 1000) == name);
  CHECK(font.shorten(name, 1) == "\xE2\x80\xA6");
  CHECK(font.shorten("", 10).empty());
}

TEST_CASE("bytes that are not text are shown as question marks") {
  const Font font(16);
  CHECK(font.shorten("caf\xC3\xA9", 1000) == "caf\xC3\xA9");
  CHECK(font.shorten("caf\xE9", 1000) == "caf?");
  CHECK(font.shorten("a\tb\nc\x7F", 1000) == "a?b?c?");
  CHECK(font.shorten("\xE2\x80", 1000) == "??");
}

TEST_CASE("text is as wide as its letters, and stays on the canvas") {
  const Font font(16);
  CHECK(font.width("") == 0);
  CHECK(font.width("ll") == doctest::Approx(2 * font.width("l")));
  CHECK(font.width("WW") > font.width("ii"));
  Image canvas = make_canvas(20, 10, {255, 255, 255});
  for (const float at : {-30.0F, -3.0F, 0.0F, 9.0F, 50.0F})
    font.draw(canvas, at, at, {0, 0, 0}, "Wg\xC3\x89");
  CHECK(count_near(canvas, {0, 0, 0}) > 0);
}

TEST_CASE("a canvas is written as a JPEG with colour at full resolution") {
  // Columns of one pixel each: half the resolution of colour would mix them.
  Image canvas = make_canvas(30, 20, kRed);
  for (std::size_t x = 0; x < canvas.width; x += 2)
    fill_box(canvas, {x, 0, 1, canvas.height}, {30, 60, 200});
  const Image image = decode_image(to_jpeg(canvas), "");
  CHECK(image.width == 30);
  CHECK(image.height == 20);
  CHECK(red_of(image, 14) + 80 < red_of(image, 15));
  CHECK(red_of(image, 16) + 80 < red_of(image, 15));
}

TEST_CASE("a JPEG of impossible sides is an error") {
  CHECK_THROWS_AS(to_jpeg(make_canvas(0, 5, kRed)), Error);
  CHECK_THROWS_AS(to_jpeg(make_canvas(5, 0, kRed)), Error);
  CHECK_THROWS_AS(to_jpeg(make_canvas(5, kMaxJpegSide + 1, kRed)), Error);
  CHECK_NOTHROW(to_jpeg(make_canvas(5, kMaxJpegSide, kRed)));
}

TEST_SUITE_END();
