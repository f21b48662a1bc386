// extract where something is wrong: messages, exit codes, nothing left behind.
#include "cli/extract/files.h"

#include "base/error.h"
#include "io/file.h"
#include "support/contains.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

using namespace imsearch;
using imsearch::test::contains;
using namespace imsearch::test;
using Lines = std::vector<std::string>;

namespace {

/// Runs extract in `dir`, which holds a.ppm alone; it must fail with `status`,
/// print nothing and leave nothing.
std::string failure(const TempDir& dir, int status, const Lines& arguments) {
  dir.write("a.ppm", pattern_ppm(1));
  const Lines before = files_in(dir.path());
  const RunResult result = extract_in(dir, arguments);
  INFO(result.err);
  CHECK(result.status == status);
  CHECK(result.out.empty());
  CHECK(files_in(dir.path()) == before);
  CHECK(result.err.substr(0, 9) == "extract: ");
  return result.err;
}

}  // namespace

TEST_SUITE("cli") {
  TEST_CASE("a wrong command line of extract exits with 2") {
    const TempDir dir;
    CHECK(contains(failure(dir, 2, {}), "no images: give files"));
    CHECK(contains(failure(dir, 2, {"a.ppm", "-o", "x", "-n", "x"}),
                   "-o and -n are both x"));
    CHECK(contains(failure(dir, 2, {"a.ppm", "-o", "-", "--json"}),
                   "both want standard output"));
    CHECK(contains(failure(dir, 2, {"a.ppm", "-j", "0"}), "--threads"));
    for (const char* output : {"-o", "-n"})
      CHECK(contains(failure(dir, 2, {"a.ppm", "--time-network", output, "x"}),
                     "excludes"));
    CHECK(contains(failure(dir, 2, {"--time-network", "--serve"}), "excludes"));
  }

  TEST_CASE("an option for libtorch names the package where it is missing") {
    const TempDir dir;
    const TempDir installed;  // of extract alone
    std::filesystem::copy_file(tool_path("extract"), installed / "extract");
    RunOptions options;
    options.folder = dir.path();
    for (const Lines& wanted :
         {Lines{"--model", "net.pt"}, Lines{"--device", "cuda"},
          Lines{"--engine", "torch"}}) {
      Lines command{installed / "extract", "a.ppm"};
      command.insert(command.end(), wanted.begin(), wanted.end());
      const RunResult result = run(command, options);
      CHECK(result.status == 1);
      CHECK(contains(result.err,
                     "extract: " + wanted[0] +
                         (wanted[0] == "--model" ? "" : " " + wanted[1]) +
                         " runs on libtorch, by extract-torch, which is not "
                         "installed: install the package imsearch-torch"));
    }
  }

  TEST_CASE("what would be ignored is a wrong command line") {
    const TempDir dir;
    CHECK(contains(failure(dir, 2, {"--serve", "a.ppm"}), "standard input"));
    CHECK(contains(failure(dir, 2, {"--serve", "-o", "x"}), "excludes"));
    for (const std::string& digits :
         {std::string("12"), std::string(64, 'x'), std::string(65, '0')})
      CHECK(contains(failure(dir, 2, {"a.ppm", "--model-sha256", digits}),
                     "64 of the digits"));
    CHECK(contains(failure(dir, 2, {"a.ppm", "-o", "x", "-o", "y"}),
                   "--output: given more than once\n"));
    CHECK(contains(failure(dir, 2, {"a.ppm", "-j"}),
                   "--threads: a value is missing\n"));
    RunOptions options = demo_in(dir);
    options.environment = {"IMSEARCH_WEIGHTS=nowhere"};
    CHECK(contains(extract_in(options, {"a.ppm"}).err,
                   "extract: IMSEARCH_WEIGHTS: nowhere: no such weights"));
  }

  TEST_CASE("inputs that name nothing are an error") {
    const TempDir dir;
    CHECK(contains(failure(dir, 1, {"*.jpg"}), "*.jpg"));
    CHECK(contains(failure(dir, 1, {"--files-from", "absent"}), "absent: No"));
    dir.write("none", "\n\n");
    CHECK(contains(failure(dir, 1, {"--files-from", "none"}),
                   "none: names no images"));
  }

  TEST_CASE("there must be an image to time the network on") {
    const TempDir dir;
    dir.write("b.ppm", "x");
    CHECK(contains(failure(dir, 1, {"b.ppm", "--time-network"}),
                   "no image could be read, of 1"));
    CHECK(contains(failure(dir, 1, {"*.ppm", "--strict", "--time-network"}),
                   "b.ppm: not an image"));
  }

  TEST_CASE("vectors never go to a terminal") {
    const TempDir dir;
    dir.write("a.ppm", pattern_ppm(1));
    const int terminal = ::posix_openpt(O_RDWR | O_NOCTTY);
    if (terminal < 0) {
      MESSAGE("no pseudo-terminals on this machine: not tried");
      return;
    }
    REQUIRE(::grantpt(terminal) == 0);
    REQUIRE(::unlockpt(terminal) == 0);
    RunOptions options = demo_in(dir);
    options.stdout_to = ::ptsname(terminal);
    for (const Lines& arguments :
         {Lines{"a.ppm", "-o", "-"}, Lines{"--serve"}}) {
      const RunResult result = extract_in(options, arguments);
      CHECK(result.status == 2);
      CHECK(contains(result.err, "standard output is a terminal"));
    }
    ::close(terminal);
  }

  TEST_CASE("vectors may go to standard output, without a sidecar") {
    const TempDir dir;
    dir.write("a.ppm", pattern_ppm(1));
    REQUIRE(extract_in(dir, {"a.ppm"}).status == 0);
    const TempDir other;
    const RunResult result = extract_in(other, {dir / "a.ppm", "-o", "-"});
    CHECK(result.status == 0);
    CHECK(result.out == read_file(dir / "fvecs.bin"));
    CHECK(files_in(other.path()) == Lines{"fnames.txt"});
  }

  TEST_CASE("a full disk is an error and leaves nothing") {
    const TempDir dir;
    CHECK(contains(failure(dir, 1, {"a.ppm", "-o", "/dev/full"}),
                   "/dev/full: No space left on device"));
    CHECK(contains(failure(dir, 1, {"a.ppm", "-n", "/dev/full"}),
                   "/dev/full: No space left on device"));
    CHECK_FALSE(file_exists("/dev/full.json"));
    CHECK_FALSE(file_exists("/dev/full.bad.tsv"));
    RunOptions options = demo_in(dir);
    options.stdout_to = "/dev/full";
    for (const char* how : {"-o-", "--json"})
      CHECK(extract_in(options, {"a.ppm", how}).status == 1);
  }

  TEST_CASE("a file-size limit is an error and leaves nothing") {
    const TempDir dir;
    dir.write("a.ppm", pattern_ppm(1));
    dir.write("fvecs.bin", "older");
    RunOptions options = demo_in(dir);
    options.max_file_bytes = 4096;
    const RunResult result = extract_in(options, {"a.ppm", "--force"});
    CHECK(result.status == 1);
    CHECK(contains(result.err, "fvecs.bin: File too large"));
    CHECK(files_in(dir.path()) == Lines{"a.ppm", "fvecs.bin"});
    CHECK(read_file(dir / "fvecs.bin") == "older");
  }

  TEST_CASE("a folder that is not there is an error before any work") {
    const TempDir dir;
    CHECK(contains(failure(dir, 1, {"a.ppm", "-o", "absent/fvecs.bin"}),
                   "absent/fvecs.bin: there is no folder absent"));
  }

  TEST_CASE("^C before the first row exits 130 and leaves nothing") {
    const TempDir dir;
    dir.write("a.ppm", pattern_ppm(1));
    REQUIRE(::mkfifo((dir / "list").c_str(), 0600) == 0);
    RunOptions options = demo_in(dir);
    int asked = 0;
    options.interrupt_when = [&] { return ++asked == 100; };
    const RunResult result = extract_in(options, {"--files-from", "list"});
    CHECK(result.status == 130);
    CHECK(files_in(dir.path()) == Lines{"a.ppm", "list"});
  }

  TEST_CASE("broken weights are an error that names the file and the remedy") {
    const TempDir dir;
    const std::string demo =
        read_file(source_path("data/mobilenet_v2_demo.safetensors"));
    const auto weights_failure = [&](const std::string& file) {
      return failure(dir, 1, {"a.ppm", "--weights", file});
    };
    dir.write("cut.safetensors", demo.substr(0, demo.size() / 2));
    CHECK(contains(weights_failure("cut.safetensors"),
                   "cut.safetensors: truncated"));
    dir.write("head.safetensors", demo.substr(0, 1000));
    CHECK(contains(weights_failure("head.safetensors"), "truncated"));
    std::string other = demo;
    const std::string shape = "[32,3,3,3]";
    other.replace(other.find(shape), shape.size(), "[32,3,9,1]");
    dir.write("shape.safetensors", other);
    CHECK(contains(weights_failure("shape.safetensors"),
                   "features.0.0.weight has the shape (32, 3, 9, 1)"));
    CHECK(contains(weights_failure("a.ppm"), "a.ppm: not a weights file"));
    CHECK(contains(weights_failure("absent.h5"), "--weights takes demo"));
    dir.write("x.pth", "PK\x03\x04 and what follows");
    CHECK(contains(weights_failure("x.pth"), "x.pth: broken zip: "));
    const std::string data = "XDG_DATA_HOME=" + dir.path();
    RunOptions options = demo_in(dir);
    options.environment.push_back(data);
    const RunResult missing =
        extract_in(options, {"a.ppm", "--weights", "keras"});
    CHECK(missing.status == 1);
    CHECK(contains(missing.err, "get it with 'fetch-weights keras'"));
    const RunResult unknown =
        extract_in(options, {"a.ppm", "--model-sha256", std::string(64, '0')});
    CHECK(unknown.status == 1);
    CHECK(contains(unknown.err, "sha256 000000000000"));
    dir.write("own.h5", "no weights");
    const RunResult hinted =
        extract_in(options, {"a.ppm", "--weights", dir / "own.h5",
                             "--model-sha256", std::string(64, '0')});
    CHECK(hinted.status == 1);
    CHECK(contains(hinted.err, "looked at " + dir / "own.h5 (sha256 "));
  }

  TEST_CASE("fault 20: names that extract needs itself are refused at once") {
    const TempDir dir;
    std::filesystem::create_symlink("fvecs.bin.json", dir / "link");
    for (const Lines& outputs :
         {Lines{"-n", "fvecs.bin.json"}, Lines{"-n", "./fvecs.bin.json"},
          Lines{"-n", "fvecs.bin.part"}, Lines{"-n", "fvecs.bin.done.part"},
          Lines{"-n", "fvecs.bin.commit.part"}, Lines{"-n", "link"},
          Lines{"-o", "a.bin", "-n", "a.bin.part"},
          Lines{"-o", "a.bin", "-n", "a.bin.json.part"},
          Lines{"-o", "fnames.txt.bad.tsv"}, Lines{"-o", "fnames.txt.part"},
          Lines{"-o", "fnames.txt.bad.tsv.part"}}) {
      Lines arguments = {"a.ppm"};
      arguments.insert(arguments.end(), outputs.begin(), outputs.end());
      CAPTURE(outputs.back());
      CHECK(contains(failure(dir, 2, arguments), "would both write"));
    }
    dir.write("fnames.txt.bad.tsv", "a.ppm\n");
    CHECK(contains(failure(dir, 2, {"--files-from", "fnames.txt.bad.tsv"}),
                   "would replace an input"));
  }

  TEST_CASE("the model's own file is never replaced") {
    const TempDir dir;
    const std::string weights =
        read_file(source_path("data/mobilenet_v2_demo.safetensors"));
    dir.write("w.st", weights);
    dir.write("w.part", weights);
    for (const Lines& outputs : {Lines{"-o", "w.st"}, Lines{"-n", "./w.st"}}) {
      Lines arguments = {"a.ppm", "--weights", "w.st"};
      arguments.insert(arguments.end(), outputs.begin(), outputs.end());
      CHECK(contains(failure(dir, 2, arguments), "would replace an input"));
    }
    failure(dir, 2, {"a.ppm", "--weights", "w.part", "-n", "w"});
    if (has_libtorch())
      failure(dir, 2, {"a.ppm", "--model", "w.st", "-n", "w.st"});
    RunOptions options = demo_in(dir);
    options.environment = {"IMSEARCH_WEIGHTS=w.st"};
    CHECK(extract_in(options, {"a.ppm", "-n", "w.st"}).status == 2);
    CHECK(read_file(dir / "w.st") == weights);
    CHECK(read_file(dir / "w.part") == weights);
  }
}
