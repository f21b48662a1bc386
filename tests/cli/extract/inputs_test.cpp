// Which images extract takes, and what it says of the others.
#include "cli/extract/files.h"

#include "io/file.h"
#include "support/contains.h"

#include <doctest/doctest.h>

#include <filesystem>

using namespace imsearch;
using imsearch::test::contains;
using namespace imsearch::test;
using Lines = std::vector<std::string>;

namespace {

/// A folder as a camera, a NAS and a person fill it.
void write_photos(const TempDir& dir) {
  for (const char* name :
       {"photos/IMG_1.PPM", "photos/b.ppm", "photos/@eaDir/b.ppm",
        "photos/._b.ppm", "photos/old/c.ppm"})
    dir.write(name, pattern_ppm(static_cast<int>(std::string(name).size())));
  for (const char* name : {"photos/1.jp2", "photos/2.JP2", "photos/3.CR2"})
    dir.write(name, "x");
  std::filesystem::create_hard_link(dir / "photos/b.ppm", dir / "photos/z.ppm");
  std::filesystem::create_directory(dir / "empty");
}

const Lines kPhotos = {"photos/IMG_1.PPM", "photos/b.ppm", "photos/old/c.ppm"};

}  // namespace

TEST_SUITE("cli") {
  TEST_CASE("fault 11: a folder and a pattern give the same photos") {
    const TempDir dir;
    write_photos(dir);
    const RunResult folder = extract_in(dir, {"photos"});
    CHECK(folder.status == 0);
    CHECK(lines_of(dir / "fnames.txt") == kPhotos);
    const std::string vectors = read_file(dir / "fvecs.bin");
    CHECK(
        contains(folder.err,
                 "extract: photos: left aside 2 JPEG 2000 and 1 RAW, which are "
                 "not read: convert them to JPEG or PNG\n"));
    CHECK(contains(folder.err,
                   "extract: photos: left aside 1 folder called @eaDir and 1 "
                   "image whose name starts with a dot: --all takes them\n"));
    CHECK(contains(folder.err, "extract: 1 name is a further one of a file"));
    const RunResult pattern = extract_in(dir, {"photos/**/*.ppm"});
    CHECK(pattern.status == 0);
    CHECK(lines_of(dir / "fnames.txt") == kPhotos);
    CHECK(read_file(dir / "fvecs.bin") == vectors);
    // Only what may be missed is said then.
    const RunResult quiet = extract_in(dir, {"photos", "-q"});
    CHECK(contains(quiet.err, "2 JPEG 2000"));
    CHECK_FALSE(contains(quiet.err, "@eaDir"));
  }

  TEST_CASE("fault 11: --all and --exclude") {
    const TempDir dir;
    write_photos(dir);
    CHECK(extract_in(dir, {"photos", "--all"}).status == 0);
    CHECK(lines_of(dir / "fnames.txt") ==
          Lines{"photos/._b.ppm", "photos/@eaDir/b.ppm", "photos/IMG_1.PPM",
                "photos/b.ppm", "photos/old/c.ppm"});
    CHECK(extract_in(dir, {"photos", "--exclude", "old", "--exclude", "B.*"})
              .status == 0);
    CHECK(lines_of(dir / "fnames.txt") ==
          Lines{"photos/IMG_1.PPM", "photos/b.ppm"});
    CHECK(extract_in(dir, {"photos", "--exclude", "*.ppm"}).status == 1);
  }

  TEST_CASE("fault 11: arguments and a list are taken as they are") {
    const TempDir dir;
    write_photos(dir);
    const std::string named = "photos/z.ppm\nphotos/b.ppm\n";
    dir.write("list", named + named);
    CHECK(extract_in(dir, {"photos", "photos/z.ppm", "photos/b.ppm",
                           "--files-from", "list"})
              .status == 0);
    CHECK(read_file(dir / "fnames.txt") ==
          "photos/IMG_1.PPM\nphotos/old/c.ppm\n" + named + named + named);
    const Lines rows = rows_of(dir / "fvecs.bin");
    REQUIRE(rows.size() == 8);
    for (std::size_t i = 3; i < 8; ++i) CHECK(rows[i] == rows[2]);
  }

  TEST_CASE("- stands for the paths on standard input, by either separator") {
    const TempDir dir;
    write_photos(dir);
    RunOptions options = demo_in(dir);
    options.input = "photos/z.ppm\n\nphotos/b.ppm\n";
    CHECK(extract_in(options, {"photos/old/c.ppm", "-", "photos"}).status == 0);
    CHECK(read_file(dir / "fnames.txt").substr(0, 43) ==
          "photos/old/c.ppm\nphotos/z.ppm\nphotos/b.ppm\n");
    options.input = std::string("photos/z.ppm\0photos/b.ppm\0", 26);
    CHECK(extract_in(options, {"-0", "-"}).status == 0);
    CHECK(read_file(dir / "fnames.txt") == options.input);
    // As query and --files-from refuse it.
    const RunResult refused = extract_in(options, {"-"});
    CHECK(refused.status == 1);
    CHECK(contains(refused.err, "standard input: name 1 holds a NUL byte: "));
  }

  TEST_CASE("standard input is read once, and has names of images alone") {
    const TempDir dir;
    write_photos(dir);
    RunOptions options = demo_in(dir);
    const auto refused = [&](const Lines& args, const char* text) {
      const RunResult result = extract_in(options, args);
      CHECK(result.status == 2);
      CHECK(contains(result.err, text));
    };
    refused({"-", "-"}, "- is there 2 times: standard input is read once");
    refused({"-", "--files-from", "-"}, "standard input is read once");
    refused({"--join", "-"}, "--join takes the names of files");
    options.input = "\n";
    const RunResult none = extract_in(options, {"-"});
    CHECK(none.status == 1);
    CHECK(none.err == "extract: standard input: names no images\n");
    options.input = "";
    const RunResult update = run({"update", "-"}, options);
    CHECK(update.status == 2);
    CHECK(contains(update.err, "-: a later update looks for the images again"));
  }

  TEST_CASE("fault 21: an empty folder among others is said, and no failure") {
    const TempDir dir;
    write_photos(dir);
    const RunResult result = extract_in(dir, {"empty", "photos", "-q"});
    CHECK(result.status == 0);
    CHECK(lines_of(dir / "fnames.txt") == kPhotos);
    CHECK(contains(result.err, "extract: empty: no images in this folder\n"));
    const RunResult none = extract_in(dir, {"empty", "empty/*.jpg"});
    CHECK(none.status == 1);
    CHECK(none.err ==
          "extract: empty: no images in this folder\n"
          "extract: empty/*.jpg: no file matches this pattern\n");
  }

  TEST_CASE("fault 7: numbers of a shard are decimal") {
    const TempDir dir;
    write_photos(dir);
    CHECK(extract_in(dir, {"photos", "--shard", "08/010"}).status == 0);
    CHECK(file_exists(dir / "fvecs.bin.08-of-10"));
  }
}
