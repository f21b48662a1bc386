#include "view/page.h"

#include "base/error.h"
#include "io/file.h"
#include "support/contains.h"
#include "support/temp_dir.h"
#include "view/duplicates_page.h"
#include "view/page_text.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <vector>

using namespace imsearch;
using imsearch::test::contains;

namespace {

std::string ppm(std::size_t side, char value) {
  return "P6\n" + std::to_string(side) + " " + std::to_string(side) +
         "\n255\n" + std::string(side * side * 3, value);
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos;
       at = text.find(part, at + 1))
    ++found;
  return found;
}

}  // namespace

TEST_SUITE("view") {
  TEST_CASE("pictures beyond the room in a page lie beside it") {
    const test::TempDir dir;
    std::vector<std::string> paths;
    for (int i = 0; i < 5; ++i)
      paths.push_back(dir.write("p" + std::to_string(i) + ".ppm",
                                ppm(60, static_cast<char>(20 * i))));
    {
      PageWriter page(dir / "page.html", "t", answers_script(), 1500);
      for (const ShownPicture& picture : page.show(paths))
        page.write(picture_html(picture, "name"));
      page.commit();
    }
    const std::string html = read_file(dir / "page.html");
    const std::size_t embedded = count(html, "src=\"data:image/jpeg;base64,");
    const std::size_t beside = count(html, "src=\"./page_files/");
    CHECK(embedded >= 1);
    CHECK(beside >= 1);
    CHECK(embedded + beside == 5);
    std::size_t files = 0;
    for (const auto& entry :
         std::filesystem::directory_iterator(dir / "page_files")) {
      CHECK(read_file(entry.path()).rfind("\xFF\xD8", 0) == 0);
      ++files;
    }
    CHECK(files == beside);
  }

  TEST_CASE("a page that is not finished leaves nothing, beside it either") {
    const test::TempDir dir;
    const std::string photo = dir.write("p.ppm", ppm(60, 'x'));
    {
      PageWriter page(dir / "page.html", "t", answers_script(), 0);
      page.show({photo, photo});
      CHECK(file_exists(dir / "page_files"));
    }
    CHECK_FALSE(file_exists(dir / "page_files"));
    CHECK_FALSE(file_exists(dir / "page.html"));
  }

  TEST_CASE("what is gone or no picture is said, and counted") {
    const test::TempDir dir;
    const std::string text = dir.write("t.jpg", "text");
    PageWriter page(dir / "page.html", "t", answers_script());
    const auto shown = page.show({text, dir / "gone.jpg", ""});
    CHECK(page.missing() == 1);
    CHECK(shown[0].there);
    CHECK(shown[0].source.empty());
    CHECK(contains(picture_html(shown[0], "t"), "no picture"));
    CHECK(contains(picture_html(shown[0], "t"), "href=\"./t.jpg\""));
    CHECK_FALSE(contains(picture_html(shown[1], "t"), "href"));
    CHECK(facts_html(shown[1]).empty());
  }

  TEST_CASE("a group's page marks what differs from the one to keep") {
    const test::TempDir dir;
    const std::string large = dir.write("large.ppm", ppm(60, 'x'));
    const std::string small = dir.write("small'.ppm", ppm(30, 'x'));
    std::string wide = "P6\n60 40\n255\n" + std::string(60 * 40 * 3, 'x');
    wide = dir.write("<wide>.ppm", wide);
    CHECK(write_duplicates_page(
              {{{large, "large.ppm", "", 1},
                {small, "small'.ppm", "the same picture", 0.98F},
                {wide, "<wide>.ppm", "similar", 0.9F}}},
              dir / "page.html") == 0);
    const std::string html = read_file(dir / "page.html");
    CHECK(contains(html, "<span class=\"fact\">60 \xC3\x97 60</span>"));
    CHECK(contains(html, "<span class=\"fact differs\">30 \xC3\x97 30</span>"));
    CHECK(count(html, "other proportions") == 1);
    CHECK(contains(html, "the same picture \xC2\xB7 0.980"));
    CHECK(contains(html, "&lt;wide&gt;.ppm"));
    CHECK_FALSE(contains(html, "<wide>"));
    CHECK(contains(html, "small%27.ppm\""));
    CHECK(count(html, " checked>") == 1);
    CHECK_THROWS_AS(write_duplicates_page({{{large, "", "", 1}}}, large),
                    Error);
  }
}
