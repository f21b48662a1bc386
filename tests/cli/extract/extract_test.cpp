// extract on images: which rows, which names, which files.
#include "cli/extract/files.h"

#include "base/error.h"
#include "io/file.h"
#include "io/fvecs.h"
#include "io/sidecar.h"
#include "support/contains.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <set>
#include <vector>

using namespace imsearch;
using imsearch::test::contains;
using namespace imsearch::test;
using Lines = std::vector<std::string>;

namespace {

/// Images 0.ppm to 4.ppm.
void write_five(const TempDir& dir) {
  for (int i = 0; i < 5; ++i)
    dir.write(fmt::format("{}.ppm", i), pattern_ppm(i));
}

}  // namespace

TEST_SUITE("cli") {
  TEST_CASE("extract writes one row and one name for each image, in order") {
    const TempDir dir;
    write_five(dir);
    const RunResult result =
        extract_in(dir, {"3.ppm", "0.ppm", "3.ppm", "--json"});
    INFO(result.err);
    REQUIRE(result.status == 0);
    CHECK(lines_of(dir / "fnames.txt") == Lines{"3.ppm", "0.ppm", "3.ppm"});
    const Lines rows = rows_of(dir / "fvecs.bin");
    REQUIRE(rows.size() == 3);
    CHECK(rows[0] == rows[2]);
    CHECK(rows[0] != rows[1]);
    CHECK(files_in(dir.path()) ==
          Lines{"0.ppm", "1.ppm", "2.ppm", "3.ppm", "4.ppm", "fnames.txt",
                "fvecs.bin", "fvecs.bin.json", "fvecs.bin.ledger.tsv"});
    const Sidecar sidecar = *read_sidecar(dir / "fvecs.bin");
    CHECK(sidecar.dim == 1280);
    CHECK(sidecar.model.variant == "torchvision");
    CHECK(sidecar.model.weights == "mobilenet_v2_demo.safetensors");
    CHECK(contains(result.err,
                   "sha256 " + sidecar.model.weights_sha256.substr(0, 12)));
    CHECK(contains(result.err, "these are demonstration weights"));
    CHECK(contains(result.err, "extract: 3 images, 0 bad"));
    const auto summary = nlohmann::json::parse(result.out);
    CHECK(summary.at("images") == 3);
    CHECK(summary.at("bad") == 0);
    CHECK(summary.at("dim") == 1280);
    CHECK(summary.at("model").at("input_size") == 128);
    CHECK(summary.at("peak_memory_bytes") > 1'000'000);
    for (const char* key :
         {"seconds", "images_per_s", "decode_s", "network_s", "wait_s"})
      CHECK(summary.at(key) >= 0.0);
  }

  TEST_CASE("a row depends on its image alone, not on threads or neighbours") {
    const TempDir dir;
    write_five(dir);
    const auto rows_with = [&](Lines arguments) {
      arguments.insert(arguments.end(), {"-q", "-o", "out.bin"});
      const RunResult result = extract_in(dir, arguments);
      REQUIRE(result.status == 0);
      CHECK(result.err.empty());
      return rows_of(dir / "out.bin");
    };
    const Lines one = rows_with({"*.ppm", "-j1"});
    CHECK(one.size() == 5);
    CHECK(rows_with({"*.ppm", "-j3"}) == one);
    CHECK(rows_with({"4.ppm"}) == Lines{one[4]});
  }

  TEST_CASE("--engine torch gives the same features to within 5e-5") {
    if (!has_libtorch()) return;
    const TempDir dir;
    const std::string photos = source_path("data/photos/hat");
    const RunResult onednn =
        extract_in(dir, {photos, "-o", "a", "-n", "a.txt", "--json"});
    REQUIRE(onednn.status == 0);
    CHECK(contains(onednn.out, R"("engine":"onednn")"));
    const RunResult torch = extract_in(
        dir, {photos, "-o", "b", "-n", "b.txt", "--engine", "torch", "--json"});
    REQUIRE(torch.status == 0);
    CHECK(contains(torch.out, R"("engine":"torch")"));
    CHECK(torch.err.find("extract: network: ") == 0);  // still by this name
    const VectorFile a(dir / "a");
    const VectorFile b(dir / "b");
    REQUIRE(a.rows() == 8);
    REQUIRE(b.rows() == 8);
    std::vector<float> scratch(a.dim());
    float largest = 0;
    for (std::size_t row = 0; row < a.rows(); ++row)
      for (std::size_t i = 0; i < a.dim(); ++i)
        largest = std::max(largest, std::abs(a.row(row, scratch.data())[i] -
                                             b.row(row, scratch.data())[i]));
    CHECK(largest <= 5e-5F);
  }

  TEST_CASE("bad images are left out of both files, listed and counted") {
    const TempDir dir;
    write_five(dir);
    dir.write("1.ppm", pattern_ppm(1).substr(0, 100));
    dir.write("2.ppm", "no picture");
    dir.write("3.ppm", "");
    REQUIRE(extract_in(dir, {"0.ppm", "4.ppm", "-o", "good.bin"}).status == 0);
    const RunResult result =
        extract_in(dir, {"*.ppm", "gone?.ppm", "--files-from", "list"});
    CHECK(result.status == 1);  // gone?.ppm names nothing
    CHECK(contains(result.err, "gone?.ppm"));
    dir.write("list", "absent.ppm\n\n4.ppm");
    const RunResult done = extract_in(dir, {"*.ppm", "--files-from", "list"});
    CHECK(done.status == 0);
    CHECK(lines_of(dir / "fnames.txt") == Lines{"0.ppm", "4.ppm", "4.ppm"});
    Lines good = rows_of(dir / "good.bin");
    good.push_back(good[1]);
    CHECK(rows_of(dir / "fvecs.bin") == good);
    const Lines bad = lines_of(dir / "fnames.txt.bad.tsv");
    REQUIRE(bad.size() == 4);
    CHECK(contains(bad[0], "1.ppm\ttruncated"));
    CHECK(contains(bad[1], "2.ppm\tnot an image"));
    CHECK(bad[2] == "3.ppm\tempty file");
    CHECK(bad[3] == "absent.ppm\tNo such file or directory");
    CHECK(contains(done.err, "extract: 3.ppm: empty file\n"));
    CHECK(contains(done.err, "3 of 7 images, 4 bad: see fnames.txt.bad.tsv, "));
  }

  TEST_CASE("a folder that cannot be read is a bad input, not none") {
    const TempDir dir;
    std::filesystem::create_directories(dir / "photos/open");
    std::filesystem::create_directories(dir / "photos/shut");
    dir.write("photos/open/a.ppm", pattern_ppm(1));
    dir.write("photos/shut/b.ppm", pattern_ppm(2));
    REQUIRE(::chmod((dir / "photos/shut").c_str(), 0) == 0);
    RunOptions options = demo_in(dir);
    options.unprivileged = true;
    const RunResult result = extract_in(options, {"photos"});
    const RunResult strict = extract_in(options, {"photos", "--strict"});
    const RunResult pattern =
        extract_in(options, {"photos/**/*.ppm", "-n", "by_pattern"});
    REQUIRE(::chmod((dir / "photos/shut").c_str(), 0700) == 0);
    const std::string reason =
        "a directory that cannot be read: Permission denied";
    CHECK(result.status == 0);
    CHECK(contains(result.err, "extract: photos/shut: " + reason + "\n"));
    CHECK(
        contains(result.err, "1 of 2 images, 1 bad: see fnames.txt.bad.tsv, "));
    CHECK(lines_of(dir / "fnames.txt.bad.tsv") ==
          Lines{"photos/shut\t" + reason});
    CHECK(strict.status == 1);
    CHECK(contains(strict.err, "photos/shut: " + reason));
    CHECK(pattern.status == 0);  // as Python does
    CHECK(lines_of(dir / "by_pattern") == Lines{"photos/open/a.ppm"});
  }

  TEST_CASE("folders that a pattern matches are passed over") {
    const TempDir dir;
    std::filesystem::create_directories(dir / "photos/a/x.ppm");
    dir.write("photos/a/0.ppm", pattern_ppm(0));
    const Lines expected = {"photos/a/0.ppm"};
    for (const char* pattern :
         {"photos/**", "photos/**/*.ppm", "photos/*/*", "p*/a/[0]*"}) {
      CAPTURE(pattern);
      REQUIRE(extract_in(dir, {"--strict", pattern}).status == 0);
      CHECK(lines_of(dir / "fnames.txt") == expected);
    }
    const RunResult none = extract_in(dir, {"photos/*"});
    CHECK(none.status == 1);
    CHECK(contains(none.err, "photos/*: no file matches this pattern"));
  }

  TEST_CASE("the list of bad images goes when there are none any more") {
    const TempDir dir;
    write_five(dir);
    dir.write("bad.ppm", "x");
    REQUIRE(extract_in(dir, {"*.ppm"}).status == 0);
    CHECK(file_exists(dir / "fnames.txt.bad.tsv"));
    REQUIRE(extract_in(dir, {"0.ppm"}).status == 0);
    CHECK_FALSE(file_exists(dir / "fnames.txt.bad.tsv"));
  }

  TEST_CASE("many bad images do not flood the terminal") {
    const TempDir dir;
    dir.write("a.ppm", pattern_ppm(1));
    std::string list = "a.ppm\n";
    for (int i = 0; i < 100; ++i) list += fmt::format("gone{}.ppm\n", i);
    dir.write("list", list);
    const RunResult result = extract_in(dir, {"--files-from", "list"});
    CHECK(result.status == 0);
    CHECK(contains(result.err, "gone19.ppm"));
    CHECK_FALSE(contains(result.err, "gone20.ppm"));
    CHECK(contains(result.err, "only listed, in fnames.txt.bad.tsv"));
    CHECK(lines_of(dir / "fnames.txt.bad.tsv").size() == 100);
  }

  TEST_CASE("no good image at all is a failure that keeps older vectors") {
    const TempDir dir;
    dir.write("bad.ppm", "x");
    dir.write("fvecs.bin", "older");
    const RunResult result = extract_in(dir, {"bad.ppm", "--force"});
    CHECK(result.status == 1);
    CHECK(contains(result.err, "the image could not be read: see"));
    CHECK(read_file(dir / "fvecs.bin") == "older");
    CHECK(files_in(dir.path()) ==
          Lines{"bad.ppm", "fnames.txt.bad.tsv", "fvecs.bin"});
  }

  TEST_CASE("--strict stops at the first bad image") {
    const TempDir dir;
    write_five(dir);
    dir.write("0.ppm", "x");
    const RunResult result = extract_in(dir, {"*.ppm", "--strict"});
    CHECK(result.status == 1);
    CHECK(contains(result.err, "extract: 0.ppm: not an image"));
    CHECK(files_in(dir.path()).size() == 5);
  }

  TEST_CASE("names are bytes: tabs, spaces, newlines, no UTF-8") {
    const TempDir dir;
    const Lines names = {"a b.ppm", "a\tb.ppm", "caf\xe9.ppm", "new\nline.ppm"};
    for (const std::string& name : names) dir.write(name, pattern_ppm(1));
    dir.write("bad\t\xff.ppm", "x");
    const RunResult result = extract_in(dir, {"*.ppm"});
    CHECK(result.status == 0);
    CHECK(lines_of(dir / "fnames.txt") == Lines{names[1], names[0], names[2]});
    CHECK(rows_of(dir / "fvecs.bin").size() == 3);
    const Lines bad = lines_of(dir / "fnames.txt.bad.tsv");
    REQUIRE(bad.size() == 2);
    CHECK(bad[0].substr(0, 12) == "bad\\t\xff.ppm\tn");
    CHECK(bad[1] == "new\\nline.ppm\ta newline in its name: use --null");
    CHECK(contains(result.err, "new\\nline.ppm: a newline"));

    std::string list;
    for (const std::string& name : names) list += name + '\0';
    RunOptions options = demo_in(dir);
    options.input = list;
    REQUIRE(extract_in(options, {"-0", "--files-from", "-"}).status == 0);
    CHECK(read_file(dir / "fnames.txt") == list);
    CHECK(rows_of(dir / "fvecs.bin").size() == 4);
  }

  TEST_CASE(
      "a pattern may have several roots, a folder stands for its images") {
    const TempDir dir;
    dir.write("shop1/a.ppm", pattern_ppm(1));
    dir.write("shop2/deep/er/b.ppm", pattern_ppm(2));
    dir.write("shop2/notes.txt", "x");
    dir.write("other/c.PPM", pattern_ppm(3));
    REQUIRE(extract_in(dir, {"other", "shop*/**/*.ppm"}).status == 0);
    CHECK(lines_of(dir / "fnames.txt") ==
          Lines{"other/c.PPM", "shop1/a.ppm", "shop2/deep/er/b.ppm"});
  }

  TEST_CASE("an unreadable file is a bad image") {
    const TempDir dir;
    write_five(dir);
    ::chmod((dir / "1.ppm").c_str(), 0);
    ::chmod(dir.path().c_str(), 0777);
    RunOptions options = demo_in(dir);
    options.unprivileged = true;
    const RunResult result = extract_in(options, {"0.ppm", "1.ppm"});
    CHECK(result.status == 0);
    CHECK(lines_of(dir / "fnames.txt.bad.tsv") ==
          Lines{"1.ppm\tPermission denied"});
  }

  TEST_CASE("a header that claims 20,000 x 20,000 pixels is a bad image") {
    const TempDir dir;
    dir.write("0.ppm", pattern_ppm(0));
    dir.write("huge.ppm", "P6\n30000 30000\n255\nfew bytes");
    REQUIRE(extract_in(dir, {"0.ppm", "huge.ppm"}).status == 0);
    CHECK(lines_of(dir / "fnames.txt") == Lines{"0.ppm"});
    const std::string bad = read_file(dir / "fnames.txt.bad.tsv");
    CAPTURE(bad);
    CHECK(bad.find("30000x30000") != std::string::npos);
  }

  TEST_CASE("every kind of image is read or refused as TensorFlow does") {
    const TempDir dir;
    const RunResult result =
        extract_in(dir, {source_path("tests/golden/images"), "--json", "-q"});
    REQUIRE(result.status == 0);
    // BMP, WebP and the first of a GIF's frames are extras.
    const std::set<std::string> refused = {
        "empty.jpg", "header_only.jpg",    "no_eoi.jpg",
        "text.jpg",  "truncated_half.jpg", "truncated_progressive.jpg"};
    std::set<std::string> bad;
    for (const std::string& line : lines_of(dir / "fnames.txt.bad.tsv")) {
      const std::string path = line.substr(0, line.find('\t'));
      bad.insert(path.substr(path.rfind('/') + 1));
    }
    CHECK(bad == refused);
    CHECK(lines_of(dir / "fnames.txt").size() + bad.size() ==
          files_in(source_path("tests/golden/images")).size());
  }
}
