#include "view/html.h"

#include "io/file.h"
#include "support/temp_dir.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>

using namespace imsearch;

TEST_SUITE("view") {
  TEST_CASE("no name breaks out of text or an attribute") {
    CHECK(html_text("<img src=x onerror='a()'>\"&") ==
          "&lt;img src=x onerror=&#39;a()&#39;&gt;&quot;&amp;");
    CHECK(html_text("caf\xC3\xA9 \xFF") == "caf\xC3\xA9 \xEF\xBF\xBD");
    CHECK(html_text(std::string("a\0b\x1B\x7F", 5)) ==
          "a\xEF\xBF\xBD"
          "b\xEF\xBF\xBD\xEF\xBF\xBD");
    CHECK(html_name("a\nb<\t.jpg") == "a\\nb&lt;\\t.jpg");
  }

  TEST_CASE("a path in a URL keeps all its bytes") {
    CHECK(url_path("a b/c%d?e#f.jpg") == "a%20b/c%25d%3Fe%23f.jpg");
    CHECK(url_path("\xC3\xA9\xFF\n'\"") == "%C3%A9%FF%0A%27%22");
  }

  TEST_CASE("a page links what is below it by its place there") {
    const test::TempDir dir;
    dir.write("javascript:alert(1).jpg", "x");
    std::filesystem::create_directories(dir / "photos/red");
    std::filesystem::create_directories(dir / "pages");
    const std::string photo = dir.write("photos/red/a b.jpg", "x");
    CHECK(link_from(dir / "page.html", photo) == "./photos/red/a%20b.jpg");
    CHECK(link_from(dir / "page.html", dir / "javascript:alert(1).jpg") ==
          "./javascript%3Aalert%281%29.jpg");
    const std::string elsewhere = link_from(dir / "pages/page.html", photo);
    CHECK(elsewhere.rfind("file:///", 0) == 0);
    CHECK(elsewhere.find("/photos/red/a%20b.jpg") != std::string::npos);
  }
}
