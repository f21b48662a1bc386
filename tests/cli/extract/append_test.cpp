// extract --append: rows of new images behind those that are there (fault 3).
#include "cli/extract/files.h"

#include "io/file.h"
#include "io/ledger.h"
#include "io/sidecar.h"
#include "support/contains.h"
#include "support/traced_run.h"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>

using namespace imsearch;
using imsearch::test::contains;
using namespace imsearch::test;
using Lines = std::vector<std::string>;

namespace {

constexpr std::size_t kRowBytes = 1280 * sizeof(float);
const Lines kSet = {"fvecs.bin", "fnames.txt", "fvecs.bin.json",
                    "fnames.txt.bad.tsv"};

/// A folder in which images/0.ppm to 2.ppm were extracted, and then 3.ppm, a
/// bad image and 4.ppm were added.
std::unique_ptr<TempDir> grown_folder() {
  auto dir = std::make_unique<TempDir>();
  for (int i = 0; i < 3; ++i)
    dir->write("images/" + std::to_string(i) + ".ppm", pattern_ppm(i));
  REQUIRE(extract_in(*dir, {"images"}).status == 0);
  dir->write("images/3.ppm", pattern_ppm(3));
  dir->write("images/3bad.ppm", "x");
  dir->write("images/4.ppm", pattern_ppm(4));
  return dir;
}

std::unique_ptr<TempDir> copy_of(const TempDir& dir) {
  auto copy = std::make_unique<TempDir>();
  std::filesystem::copy(dir.path(), copy->path(),
                        std::filesystem::copy_options::recursive);
  return copy;
}

/// Without the times in the sidecar.
Lines set_in(const TempDir& dir) {
  Lines contents;
  for (const std::string& file : kSet)
    contents.push_back(file_exists(dir / file) ? read_file(dir / file) : "");
  if (contents[2].empty()) return contents;
  Sidecar sidecar = sidecar_from_json(contents[2], kSet[2]);
  sidecar.appended.reset();
  contents[2] = to_json(sidecar);
  return contents;
}

bool has_parts(const TempDir& dir) {
  for (const std::string& file : files_in(dir.path()))
    if (contains(file, ".part")) return true;
  return false;
}

bool can_be_indexed(const TempDir& dir) {
  return run({"build-index", "-q", "-o", "index"}, demo_in(dir)).status == 0;
}

/// What extract says to `arguments`, which must change nothing.
std::string refusal(const TempDir& dir, const Lines& arguments,
                    int status = 1) {
  const Lines before = set_in(dir);
  const RunResult result = extract_in(dir, arguments);
  CAPTURE(result.err);
  CHECK(result.status == status);
  CHECK(set_in(dir) == before);
  CHECK_FALSE(has_parts(dir));
  return result.err;
}

}  // namespace

TEST_SUITE("cli") {
  TEST_CASE("fault 3: --append adds the images that are not there yet, once") {
    const auto dir = grown_folder();
    const Sidecar before = *read_sidecar(*dir / "fvecs.bin");
    const RunResult added = extract_in(*dir, {"--append", "images", "--json"});
    CAPTURE(added.err);
    REQUIRE(added.status == 0);
    CHECK(contains(added.err,
                   "2 of 3 images, 1 bad: see fnames.txt.bad.tsv, "
                   "added to 3 rows; 3 were there already"));
    CHECK(contains(added.out, "\"rows_before\":3,\"there_already\":3,"));
    const Lines grown = set_in(*dir);
    const Sidecar sidecar = *read_sidecar(*dir / "fvecs.bin");
    CHECK(sidecar.rows == std::size_t{5});
    CHECK_FALSE(sidecar.list);
    CHECK(sidecar.model.weights_sha256 == before.model.weights_sha256);
    CHECK(lines_of(*dir / "fnames.txt") == Lines{"images/0.ppm", "images/1.ppm",
                                                 "images/2.ppm", "images/3.ppm",
                                                 "images/4.ppm"});
    REQUIRE(
        extract_in(*dir, {"-o", "whole", "-n", "whole.txt", "images"}).status ==
        0);
    CHECK(read_file(*dir / "fvecs.bin") == read_file(*dir / "whole"));
    CHECK(read_file(*dir / "fnames.txt") == read_file(*dir / "whole.txt"));
    CHECK(read_file(*dir / "fnames.txt.bad.tsv") ==
          read_file(*dir / "whole.txt.bad.tsv"));

    for (int i = 0; i < 2; ++i) {
      const RunResult again =
          extract_in(*dir, {"--append", "images", "images/4.ppm"});
      CHECK(again.status == 0);
      CHECK(contains(again.err, "added to 5 rows; 5 were there already"));
      CHECK(set_in(*dir) == grown);
      CHECK_FALSE(has_parts(*dir));
    }
    CHECK(can_be_indexed(*dir));
  }

  TEST_CASE("the sidecar tells since when rows were only added") {
    const auto dir = grown_folder();
    const auto appended = [&](const char* image) {
      REQUIRE(extract_in(*dir, {"-q", "--append", image}).status == 0);
      return *read_sidecar(*dir / "fvecs.bin")->appended;
    };
    const auto modified_ns = [&] {
      return facts_of_status(*dir / "fvecs.bin").modified_ns;
    };
    const std::int64_t whole = modified_ns();
    CHECK_FALSE(read_sidecar(*dir / "fvecs.bin")->appended);
    const AppendedRows first = appended("images/3.ppm");
    CHECK(first.since_ns == whole);
    CHECK(first.until_ns == modified_ns());
    const AppendedRows second = appended("images/4.ppm");
    CHECK(second.since_ns == whole);
    CHECK(second.until_ns == modified_ns());
    // Something else has written to them.
    std::filesystem::last_write_time(
        *dir / "fvecs.bin",
        std::filesystem::file_time_type::clock::now() - std::chrono::hours(1));
    const std::int64_t other = modified_ns();
    dir->write("images/5.ppm", pattern_ppm(5));
    const AppendedRows third = appended("images/5.ppm");
    CHECK(third.since_ns == other);
    CHECK(third.until_ns == modified_ns());
  }

  TEST_CASE("fault 3: --append goes with the index, which takes the new rows") {
    const auto dir = grown_folder();
    REQUIRE(run({"build-index"}, demo_in(*dir)).status == 0);
    REQUIRE(extract_in(*dir, {"--append", "images"}).status == 0);
    const RunResult appended = run({"build-index", "--append"}, demo_in(*dir));
    CHECK(appended.status == 0);
    CHECK(contains(appended.err, "2 rows added to 3"));
    const RunResult found =
        run({"query", "--self", "-k", "1", "images/4.ppm"}, demo_in(*dir));
    CHECK(contains(found.out, "\t1.000000\timages/4.ppm\n"));
  }

  TEST_CASE("fault 3: rows of another model are refused, naming both") {
    const auto dir = grown_folder();
    std::string weights =
        read_file(source_path("data/mobilenet_v2_demo.safetensors"));
    weights.back() = static_cast<char>(weights.back() ^ 1);
    const std::string other = dir->write("other.safetensors", weights);
    const std::string error =
        refusal(*dir, {"--append", "images", "--weights", other});
    CHECK(contains(error,
                   "extract: fvecs.bin.json: made by mobilenet_v2 torchvision "
                   "mobilenet_v2_demo.safetensors (sha256 bbe958bf0f95), but "
                   "now by mobilenet_v2 torchvision other.safetensors"));
    CHECK(contains(error, "give the same --weights or --model"));
    CHECK(contains(refusal(*dir, {"--append", "images", "--exif"}),
                   "images turned by EXIF"));
    // Also where there is nothing to add.
    refusal(*dir, {"--append", "images/1.ppm", "--exif"});
  }

  TEST_CASE("fault 3: --append refuses what is not a whole collection") {
    const auto start = grown_folder();
    const std::string names = read_file(*start / "fnames.txt");
    struct Damage {
      const char* file;
      std::string content;  // empty: no such file
      const char* error;
    };
    const std::string rows = read_file(*start / "fvecs.bin");
    const std::vector<Damage> damages = {
        {"fvecs.bin.json", "",
         "fvecs.bin.json does not say which model made it"},
        {"fvecs.bin.json", "{\"dim\": 1280, \"rows\": 3}",
         "fvecs.bin.json does not say which model made it"},
        {"fvecs.bin", "", "fvecs.bin: no such file: without --append"},
        {"fnames.txt", "", "fnames.txt: no such file: -n says"},
        {"fnames.txt", names + "d.ppm\n",
         "fnames.txt: 4 names for the 3 rows of fvecs.bin"},
        {"fnames.txt", "a\nb\n", "fnames.txt: 2 names for the 3 rows"},
        {"fvecs.bin", rows + rows,
         "fvecs.bin: 6 rows, but fvecs.bin.json says 3: rows are added by "
         "extract --append"},
        {"fvecs.bin", rows.substr(kRowBytes),
         "fvecs.bin: 2 rows, but fvecs.bin.json says 3: rows are lost"}};
    for (const Damage& damage : damages) {
      CAPTURE(damage.error);
      const auto dir = copy_of(*start);
      std::filesystem::remove(*dir / damage.file);
      if (!damage.content.empty()) dir->write(damage.file, damage.content);
      CHECK(contains(refusal(*dir, {"--append", "images"}), damage.error));
    }
    for (const Lines& other :
         {Lines{"--shard", "1/2"}, Lines{"-o", "-"}, Lines{"-n", "/dev/null"},
          Lines{"--force"}, Lines{"--join"}, Lines{"--serve"}}) {
      Lines arguments = {"--append", "images"};
      arguments.insert(arguments.end(), other.begin(), other.end());
      refusal(*start, arguments, 2);
    }
  }

  TEST_CASE("--append adds to what older versions wrote, and to NUL names") {
    const auto dir = grown_folder();
    Sidecar old = *read_sidecar(*dir / "fvecs.bin");
    old.rows.reset();
    old.list.reset();
    dir->write("fvecs.bin.json", to_json(old));
    std::string names = read_file(*dir / "fnames.txt");
    for (char& c : names)
      if (c == '\n') c = '\0';
    names.pop_back();  // the last name need not be ended
    dir->write("fnames.txt", names);
    CHECK(contains(refusal(*dir, {"--append", "images"}), "give -0"));
    CHECK(extract_in(*dir, {"-0", "--append", "images"}).status == 0);
    CHECK(read_file(*dir / "fnames.txt") ==
          names + std::string("\0images/3.ppm\0images/4.ppm\0", 27));
    CHECK(read_sidecar(*dir / "fvecs.bin")->rows == std::size_t{5});
  }

  TEST_CASE("bad images alone are a failure only where nothing is good") {
    const auto dir = grown_folder();
    CHECK(extract_in(*dir, {"--append", "images/3bad.ppm"}).status == 1);
    CHECK(extract_in(*dir, {"--append", "images/3bad.ppm", "images/0.ppm"})
              .status == 0);
    CHECK(read_sidecar(*dir / "fvecs.bin")->rows == std::size_t{3});
    // The list keeps the older ones, but not those that are good by now.
    dir->write("bad.ppm", "x");
    CHECK(extract_in(*dir, {"--append", "bad.ppm", "images/0.ppm"}).status ==
          0);
    CHECK(lines_of(*dir / "fnames.txt.bad.tsv").size() == 2);
    dir->write("images/3bad.ppm", pattern_ppm(9));
    CHECK(extract_in(*dir, {"--append", "images"}).status == 0);
    const Lines bad = lines_of(*dir / "fnames.txt.bad.tsv");
    REQUIRE(bad.size() == 1);
    CHECK(contains(bad[0], "bad.ppm\t"));
    CHECK(read_sidecar(*dir / "fvecs.bin")->rows == std::size_t{6});
  }

  TEST_CASE("fault 3: a full disk leaves what was there; --resume goes on") {
    const auto dir = grown_folder();
    const auto whole = copy_of(*dir);
    REQUIRE(extract_in(*whole, {"--append", "images"}).status == 0);
    const Lines before = set_in(*dir);
    // Two new rows have room in a part, but not behind the three old ones; and
    // then not even in the part.
    for (const std::size_t rows : {4U, 1U}) {
      RunOptions full = demo_in(*dir);
      full.max_file_bytes = rows * kRowBytes + kRowBytes / 2;
      const RunResult result = extract_in(full, {"--append", "images"});
      CHECK(result.status == 1);
      CHECK(contains(result.err, "File too large"));
      CHECK(contains(result.err, "--resume goes on"));
      const Lines after = set_in(*dir);
      CHECK(Lines(after.begin(), after.begin() + 3) ==
            Lines(before.begin(), before.begin() + 3));
      CHECK(can_be_indexed(*dir));
    }
    const RunResult done = extract_in(*dir, {"--append", "--resume", "images"});
    CHECK(contains(done.err, "of 3 images were done by an earlier run"));
    CHECK(set_in(*dir) == set_in(*whole));
    CHECK_FALSE(has_parts(*dir));
  }

  TEST_CASE(
      "fault 3: killed anywhere, --append leaves the old, the new or an "
      "error that says how to finish" *
      doctest::skip(!can_trace())) {
    const auto start = grown_folder();
    const Lines append = {"extract", "--append", "-j1", "images"};
    const auto whole = copy_of(*start);
    const TracedRun uncut = run_traced(append, demo_in(*whole));
    REQUIRE(uncut.status == 0);
    const Lines old_set = set_in(*start);
    const Lines new_set = set_in(*whole);
    int refused = 0;
    for (std::size_t at = 0; at < uncut.changes.size(); ++at) {
      CAPTURE(uncut.changes[at]);
      const auto dir = copy_of(*start);
      REQUIRE(run_traced(append, demo_in(*dir), at).killed);
      const RunResult built =
          run({"build-index", "-q", "-o", "index"}, demo_in(*dir));
      if (built.status == 0) {
        const Lines set = set_in(*dir);
        const Lines three(set.begin(), set.begin() + 3);
        const bool is_old =
            three == Lines(old_set.begin(), old_set.begin() + 3);
        CHECK((is_old || set == new_set));
      } else {
        ++refused;
        CHECK(contains(built.err,
                       "run the same extract with --resume to finish"));
      }
      const auto anew = copy_of(*dir);
      CHECK(extract_in(*anew, {"--append", "-q", "images"}).status == 0);
      CHECK(set_in(*anew) == new_set);
      CHECK_FALSE(has_parts(*anew));
      CHECK(extract_in(*dir, {"--append", "--resume", "images"}).status == 0);
      CHECK(set_in(*dir) == new_set);
      CHECK_FALSE(has_parts(*dir));
    }
    CHECK(refused >= 5);
  }

  TEST_CASE("names that only ./ and slashes tell apart are one image") {
    const auto dir = grown_folder();
    const Lines before = set_in(*dir);
    const RunResult known = extract_in(
        *dir,
        {"--append", "./images/0.ppm", "images//1.ppm", "images/./2.ppm"});
    CHECK(known.status == 0);
    CHECK(contains(known.err, "nothing to add: all 3 images are there\n"));
    CHECK(contains(extract_in(*dir, {"--append", "./images/0.ppm"}).err,
                   "nothing to add: the image is there\n"));
    CHECK(set_in(*dir) == before);
    const RunResult added =
        extract_in(*dir, {"--append", "./images/3.ppm", "images//3.ppm"});
    CHECK(contains(added.err,
                   "extract: 1 image, 0 bad, added to 3 rows; 1 was there "
                   "already"));
    CHECK(lines_of(*dir / "fnames.txt").back() == "./images/3.ppm");
  }
}
