// extract --model and --device: any TorchScript module.
#include "cli/extract/files.h"
#include "embed/script_files.h"
#include "image/decode.h"
#include "image/preprocess.h"
#include "support/contains.h"

#include "io/file.h"
#include "io/sidecar.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <string>
#include <vector>

using namespace imsearch;
using namespace imsearch::test;
using Resize = Preprocessing::Resize;

namespace {

constexpr std::size_t kDim = 6;

/// Three images and a small network, in a folder of their own.
struct Fixture {
  TempDir dir;
  SmallNet net = small_net(kDim, 4);
  std::vector<std::string> images = {"a.ppm", "b.ppm", "c.ppm"};

  Fixture() {
    save_script(net, dir / "m.pt");
    for (std::size_t i = 0; i < images.size(); ++i)
      dir.write(images[i], pattern_ppm(static_cast<int>(i) + 1));
  }

  /// Runs extract --model on the images.
  RunResult extract(const std::vector<std::string>& options) const {
    std::vector<std::string> arguments = {"--model", "m.pt"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    arguments.insert(arguments.end(), images.begin(), images.end());
    return extract_in(dir, arguments);
  }

  ModelIdentity identity() const {
    return read_sidecar(dir / "fvecs.bin")->model;
  }

  /// How far fvecs.bin is from what the network means with this preprocessing.
  double error(const Preprocessing& preprocessing) const {
    const std::vector<std::string> rows = rows_of(dir / "fvecs.bin", kDim);
    REQUIRE(rows.size() == images.size());
    double largest = 0;
    for (std::size_t r = 0; r < rows.size(); ++r) {
      const Image image = decode_image(read_file(dir / images[r]), images[r]);
      std::vector<float> input(preprocessing.input_floats());
      preprocess(image, preprocessing, input.data());
      const std::vector<double> expected = feature_of(net, input);
      for (std::size_t i = 0; i < kDim; ++i) {
        float value = 0;
        std::memcpy(&value, rows[r].data() + i * sizeof value, sizeof value);
        largest = std::max(largest, std::abs(double{value} - expected[i]));
      }
    }
    return largest;
  }
};

Preprocessing imagenet_crop(std::size_t input_size, std::size_t resize_to) {
  Preprocessing preprocessing;
  preprocessing.resize = Resize::kCropPillow;
  preprocessing.scale = Preprocessing::Scale::kMeanStd;
  preprocessing.input_size = input_size;
  preprocessing.resize_to = resize_to;
  return preprocessing;
}

constexpr double kRounding = 1e-5;  // float32 against double

}  // namespace

TEST_SUITE("cli") {
  TEST_CASE("--model gives the module's features, and records it") {
    const Fixture f;
    const RunResult result = f.extract({});
    CAPTURE(result.err);
    REQUIRE(result.status == 0);
    CHECK(f.error(imagenet_crop(224, 256)) < kRounding);
    const ModelIdentity identity = f.identity();
    CHECK(identity.architecture == "torchscript");
    CHECK(identity.variant.empty());
    CHECK(identity.weights == "m.pt");
    CHECK(identity.weights_sha256.size() == 64);
    CHECK(identity.input_size == 224);
    CHECK(identity.preprocessing ==
          "crop-bilinear-pillow-256 imagenet-mean-std");
    CHECK(read_sidecar(f.dir / "fvecs.bin")->dim == kDim);
    CHECK(contains(result.err, "extract: network: torchscript m.pt (sha256 " +
                                   short_sha256(identity.weights_sha256)));
  }

  TEST_CASE("a plain colour gives what a pencil gives") {
    const TempDir dir;
    save_script("def forward(self, x):\n  return x.mean([2, 3])\n",
                dir / "m.pt");
    std::string ppm = "P6\n3 5\n255\n";
    for (int i = 0; i < 15; ++i) ppm += "\xFF\x33\x66";  // 1, 0.2, 0.4
    dir.write("a.ppm", ppm);
    REQUIRE(extract_in(dir, {"--model", "m.pt", "--input-size", "32", "--mean",
                             "0.5,0.2,0.1", "--std", "0.5,3,0.25", "a.ppm"})
                .status == 0);
    float row[3] = {};
    const std::string bytes = read_file(dir / "fvecs.bin");
    REQUIRE(bytes.size() == sizeof row);
    std::memcpy(row, bytes.data(), sizeof row);
    CHECK(std::abs(row[0] - 1.0F) < 1e-6F);
    CHECK(std::abs(row[1]) < 1e-6F);
    CHECK(std::abs(row[2] - 1.2F) < 1e-6F);
  }

  TEST_CASE("each option of the preprocessing does what it says") {
    const Fixture f;
    Preprocessing expected = imagenet_crop(20, 22);
    REQUIRE(f.extract({"--input-size", "20"}).status == 0);
    CHECK(f.error(expected) < kRounding);
    CHECK(f.identity().input_size == 20);

    REQUIRE(f.extract({"--input-size", "20", "--resize-to", "40"}).status == 0);
    CHECK(f.error(expected) > 0.01);
    expected.resize_to = 40;
    CHECK(f.error(expected) < kRounding);

    REQUIRE(f.extract({"--input-size", "20", "--resize", "squash"}).status ==
            0);
    CHECK(f.error(expected) > 0.01);
    expected.resize = Resize::kSquashPillow;
    CHECK(f.error(expected) < kRounding);
    CHECK(f.identity().preprocessing ==
          "squash-bilinear-pillow imagenet-mean-std");

    REQUIRE(f.extract({"--input-size", "20", "--resize", "squash", "--mean",
                       "0.1,0.2,-0.3", "--std", "0.5,1,2"})
                .status == 0);
    CHECK(f.error(expected) > 0.01);
    expected.mean = {0.1F, 0.2F, -0.3F};
    expected.deviation = {0.5F, 1.0F, 2.0F};
    CHECK(f.error(expected) < kRounding);
    CHECK(f.identity().preprocessing ==
          "squash-bilinear-pillow mean=0.1,0.2,-0.3 std=0.5,1,2");
  }

  TEST_CASE("a row depends on its image alone") {
    const Fixture f;
    REQUIRE(f.extract({"-j", "1"}).status == 0);
    const std::vector<std::string> rows = rows_of(f.dir / "fvecs.bin", kDim);
    REQUIRE(f.extract({"-j", "3"}).status == 0);
    CHECK(rows_of(f.dir / "fvecs.bin", kDim) == rows);
    REQUIRE(extract_in(f.dir, {"--model", "m.pt", "c.ppm"}).status == 0);
    CHECK(rows_of(f.dir / "fvecs.bin", kDim).front() == rows[2]);
  }

  TEST_CASE("options that do not go together are a wrong command line") {
    const Fixture f;
    const auto files = files_in(f.dir.path());
    const auto usage = [&](const std::vector<std::string>& arguments,
                           const std::string& message) {
      const RunResult result = extract_in(f.dir, arguments);
      CAPTURE(result.err);
      CHECK(result.status == 2);
      CHECK(contains(result.err, message));
    };
    for (const std::vector<std::string>& option :
         std::vector<std::vector<std::string>>{{"--input-size", "64"},
                                               {"--resize", "crop"},
                                               {"--resize-to", "64"},
                                               {"--mean", "0,0,0"},
                                               {"--std", "1,1,1"}})
      usage({option[0], option[1], "a.ppm"}, option[0] + " requires --model");
    usage({"--model", "m.pt", "--weights", "demo", "a.ppm"}, "--weights");
    usage({"--model", "m.pt", "--mean", "1,2", "a.ppm"},
          "--mean: 1,2 is not three numbers R,G,B");
    usage({"--model", "m.pt", "--std", "1,0,1", "a.ppm"}, "R,G,B above 0");
    usage({"--model", "m.pt", "--resize-to", "223", "a.ppm"},
          "--resize-to 223 is less than the input size, 224");
    usage({"--model", "m.pt", "--resize", "squash", "--resize-to", "256",
           "a.ppm"},
          "--resize-to is for --resize crop");
    usage({"--model", "m.pt", "--resize", "pad", "a.ppm"}, "pad");
    usage({"--model", "m.pt", "--input-size", "0", "a.ppm"}, "--input-size");
    usage({"--model", "m.pt", "--engine", "onednn", "a.ppm"},
          "--engine onednn runs the built-in network");
    usage({"--batch", "8", "a.ppm"}, "--batch is for --device cuda");
    usage({"--device", "tpu", "a.ppm"}, "tpu");
    CHECK(files_in(f.dir.path()) == files);
  }

  TEST_CASE("a file that is not a module is an error that says how to export") {
    const Fixture f;
    save_state_dict(f.dir / "weights.pt");
    f.dir.write("garbage.pt", "not a model at all");
    save_script("def forward(self, x):\n  return (x, x)\n", f.dir / "pair.pt");
    const auto files = files_in(f.dir.path());
    const auto failure = [&](const std::string& model) {
      const RunResult result = extract_in(f.dir, {"--model", model, "a.ppm"});
      CHECK(result.status == 1);
      CHECK(result.out.empty());
      return result.err;
    };
    CHECK(contains(failure("weights.pt"),
                   "extract: weights.pt: weights or a Python object, as "
                   "torch.save writes them: no TorchScript module. Export"));
    CHECK(contains(failure("garbage.pt"), "torch.jit.trace("));
    CHECK(contains(failure("pair.pt"), "extract: pair.pt: returns (Tensor"));
    CHECK(contains(failure("gone.pt"), "extract: gone.pt: "));
    CHECK(files_in(f.dir.path()) == files);
  }

  TEST_CASE("--model-sha256 is checked before the module is run") {
    const Fixture f;
    const std::string wrong(64, '0');
    save_script("def forward(self, x):\n  assert False, 'run'\n  return x\n",
                f.dir / "other.pt");
    const RunResult result = extract_in(
        f.dir, {"--model", "other.pt", "--model-sha256", wrong, "a.ppm"});
    CHECK(result.status == 1);
    CHECK(contains(result.err, "other.pt: another model than the one wanted"));
    CHECK(contains(result.err, "not 000000000000\n"));
    REQUIRE(f.extract({}).status == 0);
    CHECK(f.extract({"--model-sha256", f.identity().weights_sha256}).status ==
          0);
  }

  TEST_CASE("--device cuda is refused where there is none, whatever runs") {
    if (has_cuda()) return;
    const Fixture f;
    const auto files = files_in(f.dir.path());
    for (const std::vector<std::string>& arguments :
         std::vector<std::vector<std::string>>{
             {"--device", "cuda", "a.ppm"},
             {"--device", "cuda", "--model", "m.pt", "a.ppm"},
             {"--device", "cuda", "--batch", "8", "--engine", "torch",
              "a.ppm"}}) {
      const RunResult result = extract_in(f.dir, arguments);
      CHECK(result.status == 1);
      CHECK(result.out.empty());
      CHECK(contains(result.err, "extract: --device cuda: "));
    }
    CHECK(files_in(f.dir.path()) == files);
  }

  TEST_CASE("--device cuda computes what the CPU computes") {
    if (!has_cuda()) return;
    const Fixture f;
    for (const char* batch : {"1", "2", "64"}) {
      REQUIRE(f.extract({"--device", "cuda", "--batch", batch}).status == 0);
      CHECK(f.error(imagenet_crop(224, 256)) < 1e-4);
    }
  }
}
