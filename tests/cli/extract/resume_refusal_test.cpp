// extract --resume where the parts are not those of this run: refused, and the
// parts stay.
#include "cli/extract/interrupted_run.h"

#include "io/file.h"
#include "support/contains.h"

#include <fmt/format.h>

#include <doctest/doctest.h>

#include <filesystem>

using namespace imsearch;
using imsearch::test::contains;
using namespace imsearch::test;
using Lines = std::vector<std::string>;

namespace {

/// What extract says to going on with the part in `dir`, which must stay.
std::string refusal(const TempDir& dir, Lines arguments) {
  const std::string part = read_file(dir / "fvecs.bin.part");
  const std::string log = read_file(dir / "fvecs.bin.done.part");
  arguments.emplace_back("--resume");
  const RunResult result = extract_in(dir, arguments);
  CAPTURE(result.err);
  CHECK(result.status == 1);
  CHECK(read_file(dir / "fvecs.bin.part") == part);
  CHECK(read_file(dir / "fvecs.bin.done.part") == log);
  CHECK_FALSE(file_exists(dir / "fvecs.bin"));
  return result.err;
}

}  // namespace

TEST_SUITE("cli") {
  TEST_CASE("a part of another run is refused, with what differs") {
    InterruptedRun run(20);
    const TempDir& dir = run.fresh_folder();
    run.stop_after_rows(dir, 5);
    const std::string list = read_file(run.images() / "list");
    const std::string head = "extract: fvecs.bin.part is of another run: its ";

    dir.write("longer", list + "new.ppm\n");
    CHECK(contains(
        refusal(dir, {"--files-from", "longer"}),
        head + "list had 20 images, now it has 21: give the same images"));
    dir.write("other", "new.ppm" + list.substr(list.find('\n')));
    CHECK(contains(refusal(dir, {"--files-from", "other"}),
                   head + "images were others, or in another order"));
    CHECK(contains(
        refusal(dir, run.arguments({"--shard", "1/1", "-o", "fvecs.bin"})),
        head + "shard was none, now 1/1"));
    if (has_libtorch())
      CHECK(contains(refusal(dir, run.arguments({"--engine", "torch"})),
                     head + "engine was onednn, now torch"));
    std::string nul = list;
    for (char& c : nul)
      if (c == '\n') c = '\0';
    dir.write("nul", nul);
    CHECK(contains(refusal(dir, {"-0", "--files-from", "nul"}),
                   head + "null was false, now true"));

    std::string weights =
        read_file(source_path("data/mobilenet_v2_demo.safetensors"));
    weights.back() = static_cast<char>(weights.back() ^ 1);
    const std::string changed =
        dir.write("mobilenet_v2_demo.safetensors", weights);
    CHECK(contains(refusal(dir, run.arguments({"--weights", changed})),
                   head + "model weights_sha256 was bbe958bf0f95"));

    CHECK(contains(refusal(dir, run.arguments({"--exif"})),
                   head + "model exif was absent, now true"));

    CHECK(extract_in(dir, run.arguments({"--resume"})).status == 0);
    run.check_whole(dir);

    const TempDir& turned = run.fresh_folder();
    run.stop_after_rows(turned, 5, run.arguments({"--exif"}));
    CHECK(contains(refusal(turned, run.arguments({})),
                   head + "model exif was true, now absent"));
  }

  TEST_CASE("weights that cannot be read leave the part alone") {
    InterruptedRun run(20);
    const TempDir& dir = run.fresh_folder();
    run.stop_after_rows(dir, 5);
    CHECK(contains(refusal(dir, run.arguments({"--weights", "absent.h5"})),
                   "absent.h5"));
  }

  TEST_CASE("threads and the place of the names may change") {
    InterruptedRun run(20);
    const TempDir& dir = run.fresh_folder();
    run.stop_after_rows(dir, 5);
    CHECK(extract_in(dir, run.arguments({"--resume", "-j3", "-n", "other.txt"}))
              .status == 0);
    std::filesystem::rename(dir / "other.txt", dir / "fnames.txt");
    std::filesystem::rename(dir / "other.txt.bad.tsv",
                            dir / "fnames.txt.bad.tsv");
    run.check_whole(dir);
  }

  TEST_CASE("two runs at once on the same files: the second is refused") {
    const TempDir dir;
    dir.write("a.ppm", pattern_ppm(1));
    std::string list;
    for (int i = 0; i < 100'000; ++i) list += "a.ppm\n";
    dir.write("list", list);
    const auto arguments = [](Lines more) {
      more.insert(more.begin(), {"--files-from", "list"});
      return more;
    };
    RunOptions options = demo_in(dir);
    options.interrupt_when = [&] {
      if (part_rows(dir) < 2) return false;
      for (const Lines& files : {Lines{}, Lines{"-n", "other.txt"}}) {
        const RunResult second = extract_in(dir, arguments(files));
        CHECK(second.status == 1);
        CHECK(
            contains(second.err,
                     "extract: fvecs.bin.part: another process is writing it"));
      }
      const RunResult names = extract_in(dir, arguments({"-o", "other"}));
      CHECK(names.status == 1);
      CHECK(
          contains(names.err,
                   "extract: fnames.txt.part: another process is writing it"));
      return true;
    };
    const RunResult first = extract_in(options, arguments({}));
    CHECK(first.status == 130);
    CHECK(part_rows(dir) >= 2);
    CHECK(files_in(dir.path()) ==
          Lines{"a.ppm", "fvecs.bin.done.part", "fvecs.bin.part", "list"});
  }

  TEST_CASE("--resume with what is not a file is a usage error") {
    const TempDir dir;
    dir.write("a.ppm", pattern_ppm(1));
    for (const Lines& how : {Lines{"-o", "-"}, Lines{"-n", "-"},
                             Lines{"-o", "/dev/null"}, Lines{"-n", "."}}) {
      Lines arguments = {"a.ppm", "--resume"};
      arguments.insert(arguments.end(), how.begin(), how.end());
      const RunResult result = extract_in(dir, arguments);
      CHECK(result.status == 2);
      CHECK(contains(result.err, fmt::format("--resume needs files to go on "
                                             "with: {} is not one",
                                             how[1])));
    }
    CHECK(extract_in(dir, {"--serve", "--resume"}).status == 2);
    CHECK(files_in(dir.path()) == Lines{"a.ppm"});
  }

  TEST_CASE("a part is not an input of its own run") {
    const TempDir dir;
    dir.write("fvecs.bin.part", pattern_ppm(1));
    const RunResult result = extract_in(dir, {"fvecs.bin.part"});
    CHECK(result.status == 2);
    CHECK(contains(result.err, "would replace an input"));
    CHECK(read_file(dir / "fvecs.bin.part") == pattern_ppm(1));
  }
}
