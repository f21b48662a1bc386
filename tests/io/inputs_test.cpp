// expand_inputs() of io/glob.h.
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

Paths expand(const Paths& inputs, const InputRules& rules = {}) {
  return expand_inputs(inputs, rules).paths;
}

/// Without the folder before it.
std::string only(const Paths& texts) {
  REQUIRE(texts.size() == 1);
  return texts[0].substr(texts[0].find(": ") + 2);
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
    CHECK(expand({dir.path()}) ==
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
    CHECK(expand({dir.path()}) == below(dir, names));
  }

  TEST_CASE("a folder's links are followed, but not back; pipes are left out") {
    const test::TempDir dir;
    dir.write("in/d/a.jpg", "");
    dir.write("out/b.jpg", "");
    std::filesystem::create_symlink("..", dir / "in/d/up");
    std::filesystem::create_symlink("../out/b.jpg", dir / "in/l.jpg");
    std::filesystem::create_symlink("nowhere", dir / "in/lost.jpg");
    REQUIRE(::mkfifo((dir / "in/fifo.jpg").c_str(), 0600) == 0);
    CHECK(expand({dir / "in"}) ==
          below(dir, {"in/d/a.jpg", "in/l.jpg", "in/lost.jpg"}));
  }

  TEST_CASE("inputs come in the order given, each pattern sorted") {
    const test::TempDir dir;
    for (const char* name : {"z.jpg", "p/2.jpg", "p/1.jpg", "q/3.jpg"})
      dir.write(name, "");
    CHECK(expand({dir / "z.jpg", dir / "p/*.jpg", dir / "q", dir / "z.jpg"}) ==
          below(dir, {"z.jpg", "p/1.jpg", "p/2.jpg", "q/3.jpg", "z.jpg"}));
    CHECK(expand({}).empty());
  }

  TEST_CASE("an existing file comes before a pattern of the same spelling") {
    const test::TempDir dir;
    dir.write("[ab].jpg", "");
    dir.write("a.jpg", "");
    CHECK(expand({dir / "[ab].jpg"}) == below(dir, {"[ab].jpg"}));
  }

  TEST_CASE("a file of any name is an input") {
    const test::TempDir dir;
    const std::string path = dir.write("picture", "");
    CHECK(expand({path}) == Paths{path});
    CHECK(expand({"/dev/null"}) == Paths{"/dev/null"});
  }

  TEST_CASE("an input that names nothing is an error") {
    const test::TempDir dir;
    dir.write("d/readme.txt", "");
    CHECK_THROWS_WITH_AS(expand({dir / "none.jpg"}),
                         (dir / "none.jpg: No such file or directory").c_str(),
                         Error);
    const auto warning = [&](const std::string& name) {
      const ExpandedInputs inputs = expand_inputs({dir / name});
      CHECK(inputs.paths.empty());
      return only(inputs.warnings);
    };
    CHECK(warning("*.jpg") == "no file matches this pattern");
    CHECK(warning("d") == "no images in this folder");
  }

  TEST_CASE("fault 21: an empty folder is said, and the others are listed") {
    const test::TempDir dir;
    dir.write("a/1.jpg", "");
    std::filesystem::create_directory(dir / "empty");
    const ExpandedInputs inputs =
        expand_inputs({dir / "empty", dir / "a", dir / "*.png"});
    CHECK(inputs.paths == below(dir, {"a/1.jpg"}));
    CHECK(inputs.warnings ==
          Paths{dir / "empty: no images in this folder",
                dir / "*.png: no file matches this pattern"});
  }

  TEST_CASE("fault 11: patterns ignore case in their ending alone") {
    const test::TempDir dir;
    const Paths names = {"p/IMG_1.JPG", "p/a.jpg", "p/b.Jpg", "p/q/c.jPG"};
    for (const std::string& name : names) dir.write(name, "");
    for (const char* name : {"p/x.jpeg", "p/JPG", "p/y.jpgx"})
      dir.write(name, "");
    CHECK(expand({dir / "p/**/*.jpg"}) == below(dir, names));
    CHECK(expand({dir / "p/**/*.JPG"}) == below(dir, names));
    CHECK(expand({dir / "p/*.[j]pg"}) ==
          below(dir, {"p/IMG_1.JPG", "p/a.jpg", "p/b.Jpg"}));
    CHECK(expand({dir / "p/img*.jpg"}).empty());
    CHECK(expand({dir / "P/*.jpg"}).empty());
    CHECK(expand({dir / "*/b.jpg"}) == below(dir, {"p/b.Jpg"}));
    CHECK(expand({dir / "*/a.jpg"}) == below(dir, {"p/a.jpg"}));
    CHECK(expand({dir / "p/*.[!j]pg"}).empty());
    CHECK(expand({dir / "p/*.?pg"}).size() == 3);
  }

  TEST_CASE("fault 11: what browsers and cameras call a JPEG is one") {
    const test::TempDir dir;
    Paths names = {"a.jfif", "b.JFI",       "c.jif",      "d.pjpeg",
                   "e.pjp",  "f.jpg_large", "g.jpg-orig", "h.JPG_LARGE",
                   "i.mpo",  "j.png_small", "k.jpe",      "l.dib",
                   "m.heic", "n.HIF",       "o.avif",     "p.tif",
                   "q.TIFF", "r.jxl",       "s.heif"};
    for (const std::string& name : names) dir.write(name, "");
    for (const char* name : {"u.jpg_huge", "v.large", "w.txt_large"})
      dir.write(name, "");
    CHECK(expand({dir.path()}) == below(dir, names));
  }

  TEST_CASE("a file whose name has no ending is what its content says") {
    const test::TempDir dir;
    dir.write("IMG_0001", "picture");
    dir.write("README", "text");
    dir.write("empty", "");
    dir.write("q/IMG_0002", "picture");
    dir.write("q/named.txt", "picture");
    CHECK(expand({dir.path()}).empty());
    InputRules rules;
    rules.looks_like_image = [](std::string_view beginning) {
      return beginning == "picture";
    };
    const ExpandedInputs inputs = expand_inputs({dir.path()}, rules);
    CHECK(inputs.paths == below(dir, {"IMG_0001", "q/IMG_0002"}));
    CHECK(inputs.warnings.empty());
    rules.exclude = {"IMG*1"};
    CHECK(expand_inputs({dir.path()}, rules).paths ==
          below(dir, {"q/IMG_0002"}));
  }

  TEST_CASE("fault 11: pictures that are not read are counted by kind") {
    const test::TempDir dir;
    for (const char* name :
         {"a.jpg", "1.JP2", "2.jp2", "q/3.j2k", "1.jxr", "1.psd", "2.PSD",
          "1.CR2", "1.nef", "q/1.dng", "1.ARW", "notes.txt", "film.mov"})
      dir.write(name, "");
    const ExpandedInputs inputs = expand_inputs({dir.path()});
    CHECK(inputs.paths == below(dir, {"a.jpg"}));
    CHECK(only(inputs.warnings) ==
          "left aside 3 JPEG 2000, 1 JPEG XR, 2 PSD and 4 RAW, which are not "
          "read: "
          "convert them to JPEG or PNG");
    CHECK(inputs.remarks.empty());
  }

  TEST_CASE("fault 11: thumbnails and trash are left aside, and said") {
    const test::TempDir dir;
    for (const char* name :
         {"a.jpg", "@eaDir/a.jpg/SYNO_XL.jpg", "q/@eaDir/b.jpg", "q/b.jpg",
          "#recycle/c.jpg", "q/Thumbnails/d.jpg", ".Trash-1000/e.jpg",
          "._a.jpg", "q/._b.JPG", ".git/f.jpg", ".hidden"})
      dir.write(name, "");
    const std::string said =
        "left aside 1 folder called #recycle, 1 folder called .Trash-1000, 2 "
        "folders called @eaDir, 1 folder called Thumbnails and 2 images whose "
        "names start with a dot: --all takes them";
    for (const std::string& input : {dir.path(), dir / "**/*.jpg"}) {
      CAPTURE(input);
      const ExpandedInputs inputs = expand_inputs({input});
      CHECK(inputs.paths == below(dir, {"a.jpg", "q/b.jpg"}));
      CHECK(only(inputs.remarks) == said);
      CHECK(inputs.warnings.empty());
      InputRules all;
      all.all = true;
      const ExpandedInputs taken = expand_inputs({input}, all);
      CHECK(taken.paths.size() == 10);
      CHECK(taken.remarks.empty());
    }
    // Named, they are taken.
    CHECK(expand({dir / "q/@eaDir", dir / "*/Thumbnails/*.jpg"}) ==
          below(dir, {"q/@eaDir/b.jpg", "q/Thumbnails/d.jpg"}));
  }

  TEST_CASE("fault 11: names and paths can be excluded") {
    const test::TempDir dir;
    for (const char* name : {"a.jpg", "a.PNG", "old/b.jpg", "new/old.jpg",
                             "new/c.jpg", "new/old/d.jpg"})
      dir.write(name, "");
    const auto without = [&](const Paths& patterns) {
      InputRules rules;
      rules.exclude = patterns;
      const Paths paths = expand({dir.path()}, rules);
      CHECK(expand({dir / "**"}, rules) == paths);
      return paths;
    };
    CHECK(without({"old"}) ==
          below(dir, {"a.PNG", "a.jpg", "new/c.jpg", "new/old.jpg"}));
    CHECK(without({"*.png", "old*"}) == below(dir, {"a.jpg", "new/c.jpg"}));
    CHECK(without({dir / "new/old"}) ==
          below(dir,
                {"a.PNG", "a.jpg", "new/c.jpg", "new/old.jpg", "old/b.jpg"}));
    CHECK(without({"*/new/*"}) == below(dir, {"a.PNG", "a.jpg", "old/b.jpg"}));
    InputRules rules;
    rules.exclude = {"*.jpg"};
    CHECK(expand({dir / "a.jpg"}, rules) == below(dir, {"a.jpg"}));
  }

  TEST_CASE("fault 11: albums that link to each other give each photo once") {
    const test::TempDir dir;
    Paths photos;
    for (const char* album : {"a", "b", "c", "d", "e", "f"}) {
      for (const char* other : {"a", "b", "c", "d", "e", "f"})
        if (album != std::string(other)) {
          std::filesystem::create_directories(dir / album);
          std::filesystem::create_symlink(std::string("../") + other,
                                          dir / album + "/0-" + other);
        }
      photos.push_back(std::string(album) + "/photo.jpg");
      dir.write(photos.back(), "");
    }
    const ExpandedInputs folder = expand_inputs({dir.path()});
    CHECK(folder.paths == below(dir, photos));
    CHECK(only(folder.remarks) ==
          "30 of its links lead to folders that are listed without");
    const ExpandedInputs pattern = expand_inputs({dir / "**/*.jpg"});
    CHECK(pattern.paths == below(dir, photos));
    CHECK(pattern.remarks.size() == 1);
    // A link that a pattern names is entered.
    CHECK(expand({dir / "a/0-b/*.jpg"}) == below(dir, {"a/0-b/photo.jpg"}));
    CHECK(expand({dir / "**/0-b/*.jpg"}).size() == 1);
  }

  TEST_CASE("fault 11: a file is listed once, by the name that is not a link") {
    const test::TempDir dir;
    dir.write("m/photo.jpg", "");
    dir.write("n/other.jpg", "");
    std::filesystem::create_symlink("m/photo.jpg", dir / "a.jpg");
    std::filesystem::create_hard_link(dir / "m/photo.jpg", dir / "z.jpg");
    const ExpandedInputs inputs = expand_inputs({dir.path()});
    CHECK(inputs.paths == below(dir, {"m/photo.jpg", "n/other.jpg"}));
    CHECK(
        inputs.remarks ==
        Paths{"2 names are further ones of a file that is listed: each file is "
              "taken once"});
    // Whoever names a file means it, and each time.
    CHECK(expand({dir.path(), dir / "z.jpg", dir / "a.jpg"}) ==
          below(dir, {"n/other.jpg", "z.jpg", "a.jpg"}));
    // Across folders and patterns the first name counts, of links as well.
    CHECK(expand({dir / "z*", dir / "m", dir / "n"}) ==
          below(dir, {"z.jpg", "n/other.jpg"}));
    CHECK(expand({dir / "a*", dir / "m"}) == below(dir, {"m/photo.jpg"}));
    std::filesystem::create_symlink("../m/photo.jpg", dir / "n/b.jpg");
    CHECK(expand({dir / "n/b*", dir / "a*"}) == below(dir, {"n/b.jpg"}));
  }

  TEST_CASE("fault 11: an album outside is entered once, by its first link") {
    const test::TempDir dir;
    dir.write("outside/photo.jpg", "");
    std::filesystem::create_directories(dir / "in/sub");
    for (const char* link : {"in/sub/y", "in/z", "in/x"})
      std::filesystem::create_directory_symlink(dir / "outside", dir / link);
    CHECK(expand({dir / "in"}) == below(dir, {"in/sub/y/photo.jpg"}));
  }
}
