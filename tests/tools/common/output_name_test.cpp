// A picture named like another format would not be opened by what it promises.
#include "common/file_names.h"

#include "common/cli.h"

#include <doctest/doctest.h>

TEST_SUITE_BEGIN("tools");

using namespace imsearch;

namespace {

void check_jpeg(const std::string& path) {
  cli::check_output_name("--sheet", path, "a JPEG", {"jpg", "jpeg"});
}

}  // namespace

TEST_CASE("a name may end as its format does, in any case") {
  CHECK_NOTHROW(check_jpeg("sheet.jpg"));
  CHECK_NOTHROW(check_jpeg("sheet.jpeg"));
  CHECK_NOTHROW(check_jpeg("SHEET.JPG"));
}

TEST_CASE("a name that promises nothing is taken as it is") {
  CHECK_NOTHROW(check_jpeg("sheet"));
  CHECK_NOTHROW(check_jpeg("sheet.old"));
  CHECK_NOTHROW(check_jpeg(".png"));
  CHECK_NOTHROW(check_jpeg("photos.png/sheet"));
  CHECK_NOTHROW(check_jpeg("sheet.png.jpg"));
  CHECK_NOTHROW(check_jpeg("-"));
}

TEST_CASE("a name that promises another format is a usage error") {
  CHECK_THROWS_WITH_AS(
      check_jpeg("sheet.png"),
      "--sheet sheet.png: a JPEG is written, and no .png: let the name end in "
      ".jpg",
      cli::UsageError);
  CHECK_THROWS_AS(check_jpeg("sheet.PDF"), cli::UsageError);
  CHECK_THROWS_AS(check_jpeg("sheet.jpg.html"), cli::UsageError);
}
