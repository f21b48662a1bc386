// extract with weights in every kind of file.
#include "cli/extract/files.h"

#include "io/file.h"
#include "support/contains.h"
#include "weights/torch_files.h"
#include "weights/weights_files.h"

#include <doctest/doctest.h>

using namespace imsearch;
using imsearch::test::contains;
using namespace imsearch::test;

namespace {

/// What extract makes of a.ppm in `dir` with the weights `file`.
std::string features(const TempDir& dir, const std::string& file) {
  const RunResult result =
      extract_in(dir, {"a.ppm", "--weights", file, "-o", file + ".bin"});
  INFO(result.err);
  REQUIRE(result.status == 0);
  CHECK(contains(result.err, "mobilenet_v2 torchvision " + file));
  CHECK(contains(read_file(dir / (file + ".bin.json")),
                 "crop-bilinear-pillow-256 imagenet-mean-std"));
  return read_file(dir / (file + ".bin"));
}

}  // namespace

TEST_SUITE("cli") {
  TEST_CASE("the same weights give the same features from every container") {
    const TempDir dir;
    dir.write("a.ppm", pattern_ppm(1));
    const auto tensors = random_tensors();
    dir.write("w.safetensors", safetensors_weights(tensors));
    dir.write("zip.pth", torch_weights(Container::kZip, tensors));
    dir.write("legacy.pth", torch_weights(Container::kLegacy, tensors));
    const std::string expected = features(dir, "w.safetensors");
    CHECK(expected.size() == 1280 * sizeof(float));
    CHECK(features(dir, "zip.pth") == expected);
    CHECK(features(dir, "legacy.pth") == expected);
  }

  TEST_CASE("--weights torchvision is the .pth that fetch-weights.sh fetches") {
    const TempDir dir;
    dir.write("a.ppm", pattern_ppm(1));
    RunOptions options = demo_in(dir);
    options.environment.push_back("XDG_DATA_HOME=" + dir.path());
    const RunResult missing =
        extract_in(options, {"a.ppm", "--weights", "torchvision"});
    CHECK(missing.status == 1);
    CHECK(contains(missing.err,
                   "imsearch/mobilenet_v2_torchvision.pth is not there: get it "
                   "with 'fetch-weights torchvision'"));
    dir.write("imsearch/mobilenet_v2_torchvision.pth",
              torch_weights(Container::kZip, random_tensors()));
    const RunResult found =
        extract_in(options, {"a.ppm", "--weights", "torchvision"});
    CHECK(found.status == 0);
    CHECK(contains(found.err, "torchvision mobilenet_v2_torchvision.pth"));
  }

  TEST_CASE("a .pth that names what it must not is refused, and runs nothing") {
    const TempDir dir;
    dir.write("a.ppm", pattern_ppm(1));
    const std::string touch =
        call(global("os", "system"), {text("touch '" + dir / "ran" + "'")});
    for (const Container container : {Container::kZip, Container::kLegacy}) {
      dir.write("evil.pth", torch_file(container, touch, {}));
      const RunResult result =
          extract_in(dir, {"a.ppm", "--weights", "evil.pth"});
      CHECK(result.status == 1);
      CHECK(contains(result.err, "evil.pth: pickle, byte 2: names os.system"));
      CHECK(files_in(dir.path()) ==
            std::vector<std::string>{"a.ppm", "evil.pth"});
    }
  }
}
