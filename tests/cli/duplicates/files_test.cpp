// What deleting the extras does to files: the names printed are those of files,
// and a picture is left of each.
#include "cli/duplicates/photos.h"
#include "io/file.h"
#include "support/contains.h"

#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>

TEST_SUITE_BEGIN("cli");

using namespace imsearch;
using test::contains;
using test::feature_of;
using test::Photos;
using test::RunResult;
using Lines = std::vector<std::string>;

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kHash = 0x5e5fa17664a95454;
constexpr double kNear = 0.2;  // a cosine of .98

/// duplicates in a folder of the collection, made if it is not there.
RunResult run_in(const Photos& photos, const std::string& folder,
                 const Lines& options) {
  fs::create_directories(photos.path(folder));
  test::RunOptions run;
  run.folder = photos.path(folder);
  Lines command = {"duplicates", "--threshold", "0.9"};
  command.insert(command.end(), options.begin(), options.end());
  return test::run(command, run);
}

RunResult duplicates(const Photos& photos, const Lines& options = {}) {
  return run_in(photos, ".", options);
}

}  // namespace

TEST_CASE("names count from the folder of the vectors") {
  Photos photos({{"p/a.jpg", feature_of(0)},
                 {"p/b.jpg", feature_of(0, kNear)},
                 {"p/c.jpg", feature_of(0, kNear)}});
  photos.build();
  fs::remove(photos.path("p/c.jpg"));
  // A file of the same name in the working folder is another one.
  photos.dir().write("else/where/p/c.jpg", "p/c.jpg");
  const Lines there = {"-i", "../../fvecs.bin.hnsw.index"};
  const RunResult lines = run_in(photos, "else/where", there);
  CHECK(lines.status == 0);
  CHECK(contains(lines.err, "1 image is not there any more"));
  CHECK(contains(lines.out, "\tp/b.jpg\n"));
  CHECK_FALSE(contains(lines.out, "p/c.jpg"));
  const RunResult extras =
      run_in(photos, "else/where", {there[0], there[1], "--extras", "-q"});
  CHECK(extras.out == "../../p/b.jpg\n");
  CHECK(extras.err.empty());
}

TEST_CASE("names count from the working folder where vectors lie elsewhere") {
  Photos photos({{"p/a.jpg", feature_of(0)}, {"p/b.jpg", feature_of(0)}});
  photos.build();
  fs::create_directory(photos.path("out"));
  for (const char* file : {"fvecs.bin", "fvecs.bin.ledger.tsv",
                           "fvecs.bin.hnsw.index", "fnames.txt"})
    fs::rename(photos.path(file), photos.path(std::string("out/") + file));
  const RunResult extras =
      duplicates(photos, {"-i", "out/fvecs.bin.hnsw.index", "--extras"});
  CHECK(extras.out == "p/b.jpg\n");
  CHECK_FALSE(contains(extras.err, "no name is that of a file"));
}

TEST_CASE("a name that begins with a dash is no option to who deletes it") {
  Photos photos({{"+.jpg", feature_of(0)}, {"-rf", feature_of(0)}});
  photos.build();
  CHECK(duplicates(photos, {"--extras", "-q"}).out == "./-rf\n");
  CHECK(photos.groups() == Lines{"1 keep +.jpg", "1 similar -rf"});
}

TEST_CASE("patterns that are no image's are said, each") {
  Photos photos({{"a/1.jpg", feature_of(0)},
                 {"a/2.jpg", feature_of(0)},
                 {"b/1.jpg", feature_of(0)}});
  photos.build();
  const auto said = [&](const Lines& options) {
    const RunResult result = duplicates(photos, options);
    CHECK(result.status == 0);
    return result.err;
  };
  CHECK(contains(said({"--only", "A"}), "--only A: no image has such a name"));
  const std::string several =
      said({"--only", "a", "--only", "x\ny", "--not", "librari"});
  CHECK(contains(several, "--only x\\ny: no image has such a name"));
  CHECK(contains(several, "--not librari: no image has such a name"));
  CHECK_FALSE(contains(several, "--only a:"));
  CHECK(contains(several, "1 group, 1 extra"));
  CHECK(contains(said({"--reference", "b", "--reference", "c"}),
                 "--reference c: no image has such a name"));
  CHECK(contains(said({"--only", "a", "--not", "*.jpg"}),
                 "--only and --not leave no image to look at"));
  CHECK(contains(said({"--not", "*.jpg"}), "--not leaves no image"));
  // What protects images is said even where nothing else is.
  CHECK(contains(said({"-q", "--not", "librari"}), "--not librari"));
  photos.dir().write("list", "b/1.jpg\n");
  REQUIRE(photos.run({"build-index", "-q", "--delete", "list"}).status == 0);
  CHECK(contains(said({"--only", "b"}), "--only b: no image has such a name"));
}

TEST_CASE("what deleting frees: of files now, not of links, or not known") {
  Photos photos({{"a.jpg", feature_of(0), {}, "12345"},
                 {"b.jpg", feature_of(0), {}, "123"},
                 {"c.jpg", feature_of(0), {}, "1234567"},
                 {"d.jpg", feature_of(0), {}, "12"}});
  photos.build(false);
  CHECK(contains(duplicates(photos).err,
                 "1 group, 3 extras: deleting the extras frees 12 bytes"));
  fs::create_hard_link(photos.path("b.jpg"), photos.path("other.name"));
  fs::rename(photos.path("c.jpg"), photos.path("c"));
  fs::create_symlink("c", photos.path("c.jpg"));
  CHECK(contains(duplicates(photos).err, "deleting the extras frees 2 bytes"));
  for (const char* name : {"a.jpg", "b.jpg", "c.jpg", "d.jpg"})
    fs::remove(photos.path(name));
  CHECK(contains(duplicates(photos).err,
                 "3 extras: what deleting the extras frees is not known"));
}

TEST_CASE("a name of two lines is not printed as two names") {
  Photos photos({{"a.jpg", feature_of(0)},
                 {"b.jpg", feature_of(0)},
                 {"c\nd.jpg", feature_of(0)},
                 {"d.jpg", feature_of(1)}});
  photos.build();
  const RunResult lines = duplicates(photos, {"--extras", "-q"});
  CHECK(lines.status == 1);
  CHECK(lines.out.empty());  // d.jpg is to stay
  CHECK(contains(lines.err, "c\\nd.jpg: a newline in its name: use --null"));
  CHECK(photos.extras() == Lines{"b.jpg", "c\nd.jpg"});
}

TEST_CASE("it is said where more pixels are given up for fewer") {
  Photos photos({{"a.jpg", feature_of(0), kHash, "a", 40, 30},
                 {"b.jpg", feature_of(0), kHash, "b", 400, 300},
                 {"c.jpg", feature_of(0), kHash, "c", 30, 40}});
  photos.build();
  for (const char* quiet : {"--extras", "-q"})
    CHECK(contains(duplicates(photos, {quiet}).err,
                   "1 extra has more pixels than the image that is kept "
                   "instead: see --keep largest"));
  CHECK(duplicates(photos, {"-q", "--keep", "largest"}).err.empty());
  CHECK(contains(duplicates(photos, {"-q", "--reference", "a.jpg"}).err,
                 "is kept instead\n"));
}

TEST_CASE("a reference by another name is not given up") {
  Photos photos({{"lib/a.jpg", feature_of(0), {}, "1"},
                 {"lib/b.jpg", feature_of(0), {}, "2"},
                 {"new/b.jpg", feature_of(0), {}, "2"},
                 {"new/c.jpg", feature_of(0), {}, "2"}});
  for (const bool ledger : {true, false}) {
    fs::remove_all(photos.path("new"));
    fs::remove_all(photos.path("lib"));
    fs::remove(photos.path("fvecs.bin.ledger.tsv"));
    photos.build(ledger);
    fs::copy(photos.path("new/c.jpg"), photos.path("lib/c.jpg"));
    fs::remove_all(photos.path("new"));
    fs::create_directory_symlink("lib", photos.path("new"));
    const RunResult result =
        duplicates(photos, {"--reference", "lib", "--extras"});
    CAPTURE(result.err);
    CHECK(result.out == (ledger ? "new/c.jpg\n" : ""));
    CHECK(contains(result.err, "1 further name of a file"));
  }
}

TEST_CASE("a name twice is one image, also where it is that of no file") {
  Photos photos({{"a.jpg", feature_of(0)}, {"b.jpg", feature_of(0, kNear)}});
  photos.build();
  REQUIRE(photos
              .run({"build-index", "-q", "--dim", "64", "-0", "fvecs.bin",
                    "fvecs.bin", "-n", "fnames.txt", "-n", "fnames.txt"})
              .status == 0);
  CHECK(photos.extras() == Lines{"b.jpg"});
  fs::remove(photos.path("a.jpg"));
  fs::remove(photos.path("b.jpg"));
  CHECK(photos.extras() == Lines{"b.jpg"});
}

TEST_CASE("without a ledger, images newer than the vectors are left out") {
  Photos photos({{"a.jpg", feature_of(0)},
                 {"b.jpg", feature_of(0)},
                 {"c.jpg", feature_of(0)}});
  photos.build(false);
  CHECK(photos.extras() == Lines{"b.jpg", "c.jpg"});
  photos.dir().write("b.jpg", "other");
  fs::last_write_time(
      photos.path("b.jpg"),
      fs::last_write_time(photos.path("fvecs.bin")) + std::chrono::seconds(1));
  const RunResult result = duplicates(photos, {"--extras"});
  CHECK(result.out == "c.jpg\n");
  CHECK(contains(result.err, "1 image is newer than the index or its vectors"));
}

TEST_CASE("what the index does not know is said, with the remedy") {
  Photos photos({{"a.jpg", feature_of(0)}, {"b.jpg", feature_of(0)}});
  photos.build();
  const std::string vectors = read_file(photos.path("fvecs.bin"));
  photos.dir().write("fvecs.bin", vectors + vectors);
  const std::string more = duplicates(photos).err;
  CHECK(contains(more, "the vectors have 2 rows more: "));
  CHECK(contains(more, "build-index --append adds them"));
  const std::size_t row = vectors.size() / 2;
  photos.dir().write("fvecs.bin", vectors.substr(row) + std::string(row, '\0'));
  const std::string other = duplicates(photos, {"--keep", "largest"}).err;
  CHECK(contains(other, "compared by their features alone: "));
  CHECK(contains(other, "build-index indexes them anew"));
  CHECK(contains(other, "--keep largest goes by bytes"));
  photos.build(false);
  CHECK_FALSE(contains(duplicates(photos).err, "indexes them anew"));
}

TEST_CASE("where all images are deleted, there is nothing to group") {
  Photos photos({{"a.jpg", feature_of(0)}, {"b.jpg", feature_of(0)}});
  photos.build();
  photos.dir().write("list", "a.jpg\nb.jpg\n");
  REQUIRE(photos.run({"build-index", "-q", "--delete", "list"}).status == 0);
  for (const char* keep : {"first", "largest", "oldest"}) {
    const RunResult result = duplicates(photos, {"--keep", keep});
    CHECK(result.status == 0);
    CHECK(result.out.empty());
    CHECK(contains(result.err, "no duplicates"));
  }
}

TEST_CASE("a change that left size and time of a file as they were is seen") {
  Photos photos({{"a.jpg", feature_of(0), {}, "one"},
                 {"b.jpg", feature_of(0), {}, "two"},
                 {"c.jpg", feature_of(0), {}, "six"}});
  photos.build();
  // An hour ago, so that no clock is too coarse.
  const auto hour = std::chrono::hours(1);
  const std::string vectors = photos.path("fvecs.bin");
  fs::last_write_time(vectors, fs::last_write_time(vectors) - hour);
  const auto time = fs::last_write_time(photos.path("b.jpg"));
  photos.dir().write("b.jpg", "ten");
  fs::last_write_time(photos.path("b.jpg"), time);
  const RunResult result = duplicates(photos, {"--extras"});
  CHECK(result.out == "c.jpg\n");
  CHECK(contains(result.err, "1 image has changed since"));
}

TEST_CASE("pictures with nothing to see are duplicates by their bytes alone") {
  Photos photos({{"black.png", feature_of(0), {}, "black", 40, 30, true},
                 {"copy.png", feature_of(0), {}, "black", 40, 30, true},
                 {"night.png", feature_of(0), {}, "night", 40, 30, true},
                 {"seen.png", feature_of(0), kHash}});
  photos.build();
  CHECK(photos.groups() == Lines{"1 keep black.png", "1 bytes copy.png"});
}

TEST_CASE("an animation is no extra of its first picture") {
  using namespace std::string_literals;
  const std::string head = "GIF89a\1\0\1\0\0\0\0"s;
  const std::string frame = ",\0\0\0\0\1\0\1\0\0\2\2L\1\0"s;
  const std::string still = head + frame + ";";
  const std::string moves = head + frame + frame + ";";
  Photos photos({{"a.png", feature_of(0), kHash},
                 {"b.gif", feature_of(0), kHash, still},
                 {"c.gif", feature_of(0), kHash, moves},
                 {"d.gif", feature_of(0), kHash, moves},
                 {"e.png", feature_of(1)},
                 {"f.gif", feature_of(1), {}, moves + "f"}});
  photos.build();
  const RunResult result = duplicates(photos, {"--extras"});
  CHECK(result.out == "b.gif\n");
  CHECK(contains(result.err, "3 extras hold more pictures than the one"));
  CHECK(contains(result.err, "1 group, 1 extra:"));
  CHECK(photos.groups({"--only", "*.gif", "--not", "b.gif", "--not",
                       "f.gif"}) == Lines{"1 keep c.gif", "1 bytes d.gif"});
}

TEST_CASE("who prints extras hears how many are only similar") {
  Photos photos({{"a.jpg", feature_of(0), kHash, "same"},
                 {"b.jpg", feature_of(0), kHash, "same"},
                 {"c.jpg", feature_of(0, kNear), ~kHash}});
  photos.build();
  const std::string said = "1 extra is similar and no more: look at such";
  CHECK(contains(duplicates(photos, {"--extras"}).err, said));
  CHECK_FALSE(contains(duplicates(photos).err, said));
  const RunResult sure = photos.run({"duplicates", "--threshold", "1"});
  CHECK_FALSE(contains(sure.err, "similar"));
  CHECK_FALSE(contains(sure.out, "c.jpg"));
}

TEST_CASE("folders of one name, of two collections, are two folders") {
  Photos photos({{"p/1.jpg", feature_of(0)}, {"p/2.jpg", feature_of(1)}});
  photos.build();
  for (const char* half : {"a", "b"}) {
    const std::string folder = photos.path(half);
    fs::create_directories(folder + "/p");
    for (const char* file : {"p/1.jpg", "p/2.jpg", "fvecs.bin", "fnames.txt"})
      fs::copy(photos.path(file), folder + "/" + file);
  }
  const auto hour_ago =
      fs::last_write_time(photos.path("p/1.jpg")) - std::chrono::hours(1);
  // Copies are older than their vectors, whatever the clock says.
  for (const char* file : {"a/p/1.jpg", "a/p/2.jpg", "b/p/1.jpg", "b/p/2.jpg"})
    fs::last_write_time(photos.path(file), hour_ago);
  REQUIRE(photos
              .run({"build-index", "-q", "--dim", "64", "-0", "a/fvecs.bin",
                    "b/fvecs.bin", "-n", "a/fnames.txt", "-n", "b/fnames.txt",
                    "-o", "all.index"})
              .status == 0);
  const auto extras = [&](const std::string& option) {
    return duplicates(photos, {"-q", "-i", "all.index", "--extras", option})
        .out;
  };
  CHECK(extras("--across-folders") == "b/p/1.jpg\nb/p/2.jpg\n");
  CHECK(extras("--within-folder").empty());
}

TEST_SUITE_END();
