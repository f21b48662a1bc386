// extract with streams closed, broken or hung up under it, and outputs that are
// inputs too: no file gets what is not its own, and nothing is left behind.
#include "cli/extract/files.h"

#include "io/file.h"
#include "support/contains.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

using namespace imsearch;
using namespace imsearch::test;
using imsearch::test::contains;
using Lines = std::vector<std::string>;

namespace {

constexpr std::size_t kRowBytes = 1280 * sizeof(float);

/// A shell's line in `dir`, with extract as $0.
RunResult shell(const TempDir& dir, const std::string& line) {
  return run({"/bin/sh", "-c", line, tool_path("extract")}, demo_in(dir));
}

/// Enough images for a run of some seconds.
void write_long_list(const TempDir& dir) {
  std::string list;
  for (int i = 0; i < 100'000; ++i) list += "a.ppm\n";
  dir.write("list", list);
}

}  // namespace

TEST_SUITE("cli") {
  TEST_CASE("messages to a closed standard error get into no file") {
    const TempDir dir;
    dir.write("a.ppm", pattern_ppm(1));
    dir.write("bad.jpg", "no image");
    const RunResult result = shell(dir, "\"$0\" a.ppm bad.jpg 2>&-");
    CHECK(result.status == 0);
    CHECK(read_file(dir / "fvecs.bin").size() == kRowBytes);
    CHECK(read_file(dir / "fnames.txt") == "a.ppm\n");
  }

  TEST_CASE("a closed standard output is an error, not another file") {
    const TempDir dir;
    dir.write("a.ppm", pattern_ppm(1));
    const RunResult result = shell(dir, "\"$0\" a.ppm -o - >&-");
    CHECK(result.status == 1);
    CHECK(result.err.find("standard output") != std::string::npos);
    CHECK(files_in(dir.path()) == Lines{"a.ppm"});
  }

  TEST_CASE("a reader that goes away ends extract quietly, nothing left") {
    const TempDir dir;
    dir.write("a.ppm", pattern_ppm(1));
    write_long_list(dir);
    const RunResult result = shell(
        dir, "{ \"$0\" -q --files-from list -o -; echo $? >&2; } | head -c 10");
    CHECK(result.err == std::to_string(128 + SIGPIPE) + "\n");
    CHECK(files_in(dir.path()) == Lines{"a.ppm", "list"});
  }

  TEST_CASE("^C and a terminal that closes leave parts, and say so") {
    const TempDir dir;
    dir.write("a.ppm", pattern_ppm(1));
    write_long_list(dir);
    const Lines parts = {"a.ppm", "fvecs.bin.done.part", "fvecs.bin.part",
                         "list"};
    for (const int signal : {SIGINT, SIGHUP}) {
      RunOptions options = demo_in(dir);
      options.interrupt_when = [&] { return part_rows(dir) >= 3; };
      options.interrupt_signal = signal;
      const RunResult result = extract_in(options, {"--files-from", "list"});
      CHECK(result.status == 128 + signal);
      CHECK(files_in(dir.path()) == parts);
      CHECK(contains(result.err,
                     fmt::format("extract: {} of 100,000 images are done, in "
                                 "fvecs.bin.part: --resume goes on from them",
                                 part_rows(dir))));
      std::filesystem::remove(dir / "fvecs.bin.part");
    }
  }

  TEST_CASE("no output replaces an image or the list of them") {
    const TempDir dir;
    const std::string image = pattern_ppm(1);
    dir.write("a.bin", image);
    dir.write("list", "a.bin\n");
    for (const Lines& arguments :
         {Lines{"a.bin", "-o", "a.bin"}, Lines{"a.bin", "-n", "./a.bin"},
          Lines{"--files-from", "list", "-n", "list"}}) {
      const RunResult result = extract_in(dir, arguments);
      CHECK(result.status == 2);
      CHECK(result.err.find("would replace an input") != std::string::npos);
    }
    CHECK(read_file(dir / "a.bin") == image);
    CHECK(files_in(dir.path()) == Lines{"a.bin", "list"});
  }
}
