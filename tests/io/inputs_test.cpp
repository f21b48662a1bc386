// image_files() and expand_inputs() of io/glob.h.
#include "base/error.h"
#include "io/glob.h"
#include "support/temp_dir.h"

#include <sys/stat.h>

#include <doctest/doctest.h>

#include <filesystem>

using namespace imsearch;

namespace {

using Paths = std::vector<std::string>;

Paths below(const test::TempDir& dir, const Paths& names) {
  Paths paths;
  for (const std::string& name : names) paths.push_back(dir / name);
  return paths;
}

}  // namespace

TEST_SUITE("io") {
  TEST_CASE("a folder gives its images at any depth, by extension") {
    const test::TempDir dir;
    for (const char* name :
         {"b.jpg", "a.JPG", "c/d.Jpeg", "c/e.png", "c/f.webp", "x.txt", "jpg",
          "archive.jpg.gz", ".hidden.jpg", ".git/g.jpg", "c/.jpg", "no_dot_png",
          "dir.png/h.tga"})
      dir.write(name, "");
    CHECK(image_files(dir.path()) ==
          below(dir, {"a.JPG", "b.jpg", "c/d.Jpeg", "c/e.png", "c/f.webp",
                      "dir.png/h.tga"}));
  }

  TEST_CASE("every known extension counts") {
    const test::TempDir dir;
    Paths names;
    for (const char* extension : {"bmp", "gif", "jpe", "jpeg", "jpg", "pbm",
                                  "pgm", "png", "pnm", "ppm", "tga", "webp"}) {
      names.push_back(std::string("x.") + extension);
      dir.write(names.back(), "");
    }
    CHECK(image_files(dir.path()) == below(dir, names));
  }

  TEST_CASE("a folder's links are followed, but not back; pipes are left out") {
    const test::TempDir dir;
    dir.write("d/a.jpg", "");
    std::filesystem::create_symlink("..", dir / "d/up");
    std::filesystem::create_symlink("d/a.jpg", dir / "l.jpg");
    std::filesystem::create_symlink("nowhere", dir / "lost.jpg");
    REQUIRE(::mkfifo((dir / "fifo.jpg").c_str(), 0600) == 0);
    CHECK(image_files(dir.path()) ==
          below(dir, {"d/a.jpg", "l.jpg", "lost.jpg"}));
  }

  TEST_CASE("a folder that cannot be read is an error") {
    CHECK_THROWS_WITH_AS(image_files("/nowhere"),
                         "/nowhere: No such file or directory", Error);
    const test::TempDir dir;
    const std::string file = dir.write("f", "");
    CHECK_THROWS_WITH_AS(image_files(file),
                         (file + ": Not a directory").c_str(), Error);
  }

  TEST_CASE("inputs come in the order given, each pattern sorted") {
    const test::TempDir dir;
    for (const char* name : {"z.jpg", "p/2.jpg", "p/1.jpg", "q/3.jpg"})
      dir.write(name, "");
    CHECK(expand_inputs(
              {dir / "z.jpg", dir / "p/*.jpg", dir / "q", dir / "z.jpg"}) ==
          below(dir, {"z.jpg", "p/1.jpg", "p/2.jpg", "q/3.jpg", "z.jpg"}));
    CHECK(expand_inputs({}).empty());
  }

  TEST_CASE("an existing file comes before a pattern of the same spelling") {
    const test::TempDir dir;
    dir.write("[ab].jpg", "");
    dir.write("a.jpg", "");
    CHECK(expand_inputs({dir / "[ab].jpg"}) == below(dir, {"[ab].jpg"}));
  }

  TEST_CASE("a file of any name is an input") {
    const test::TempDir dir;
    const std::string path = dir.write("picture", "");
    CHECK(expand_inputs({path}) == Paths{path});
    CHECK(expand_inputs({"/dev/null"}) == Paths{"/dev/null"});
  }

  TEST_CASE("an input that names nothing is an error") {
    const test::TempDir dir;
    dir.write("d/readme.txt", "");
    const auto check = [&](const std::string& name, const std::string& why) {
      CHECK_THROWS_WITH_AS(expand_inputs({dir / name}),
                           (dir / name + ": " + why).c_str(), Error);
    };
    check("none.jpg", "No such file or directory");
    check("*.jpg", "no file matches this pattern");
    check("d", "no images in this folder");
  }
}
