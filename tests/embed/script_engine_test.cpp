#include "embed/engine.h"
#include "embed/script_files.h"
#include "support/contains.h"
#include "support/temp_dir.h"

#include "base/error.h"
#include "io/file.h"

#include <dlfcn.h>
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>
#include <string>
#include <thread>
#include <vector>

using namespace imsearch;
using namespace imsearch::test;

namespace {

constexpr std::size_t kSide = 20;

std::vector<float> random_input(unsigned seed) {
  std::mt19937 random(seed);
  std::vector<float> input(kSide * kSide * 3);
  for (float& value : input)
    value = static_cast<float>(random() >> 8) * 0x1p-23F - 1.0F;
  return input;
}

std::vector<float> row_of(Engine& engine, const std::vector<float>& input) {
  std::vector<float> row(engine.dim());
  engine.embed(input.data(), row.data());
  return row;
}

/// What is wrong with a file, or with what a module returns.
std::string error_of(const std::string& path, const TorchParams& params = {}) {
  try {
    make_script_engine(path, kSide, params);
  } catch (const Error& e) {
    return e.what();
  }
  return "no error";
}

std::string error_of_forward(const std::string& body) {
  const TempDir dir;
  save_script("def forward(self, x):\n  " + body + "\n", dir / "m.pt");
  const std::string error = error_of(dir / "m.pt");
  const std::string prefix = dir / "m.pt: ";
  return error.substr(0, prefix.size()) == prefix ? error.substr(prefix.size())
                                                  : error;
}

bool refused(const std::string& path, const std::string& what) {
  const std::string error = error_of(path);
  return contains(error, path + ": " + what + ": no TorchScript module. ") &&
         contains(error, "torch.jit.trace(");
}

}  // namespace

TEST_SUITE("embed") {
  TEST_CASE("a TorchScript module gives the features that it means") {
    const TempDir dir;
    const SmallNet net = small_net(7, 1);
    save_script(net, dir / "m.pt");
    const auto engine = make_script_engine(dir / "m.pt", kSide);
    REQUIRE(engine->dim() == 7);
    CHECK(engine->batch() == 1);
    for (unsigned seed = 0; seed < 3; ++seed) {
      const std::vector<float> input = random_input(seed);
      const std::vector<float> row = row_of(*engine, input);
      const std::vector<double> expected = feature_of(net, input);
      for (std::size_t i = 0; i < 7; ++i) {
        CHECK(expected[i] > 0.01);
        CHECK(std::abs(double{row[i]} - expected[i]) < 1e-5);
      }
    }
  }

  TEST_CASE("a module's rows are the same in every run, replica and thread") {
    const TempDir dir;
    save_script(small_net(64, 2), dir / "m.pt");
    const auto engine = make_script_engine(dir / "m.pt", kSide);
    const std::vector<float> input = random_input(1);
    const std::vector<float> expected = row_of(*engine, input);
    std::vector<int> equal(4, 0);
    std::vector<std::thread> threads;
    threads.reserve(equal.size());
    for (int& count : equal)
      threads.emplace_back([&] {
        const auto replica = engine->clone();
        for (int run = 0; run < 20; ++run)
          count += row_of(*replica, input) == expected ? 1 : 0;
      });
    for (std::thread& thread : threads) thread.join();
    CHECK(equal == std::vector<int>(4, 20));
  }

  TEST_CASE("batches of a module: short ones too, in order") {
    const TempDir dir;
    save_script(small_net(64, 3), dir / "m.pt");
    TorchParams params;
    params.batch = 4;
    const auto engine = make_script_engine(dir / "m.pt", kSide, params);
    REQUIRE(engine->batch() == 4);
    std::vector<std::vector<float>> inputs;
    std::vector<std::vector<float>> alone;
    for (unsigned seed = 0; seed < 4; ++seed) {
      inputs.push_back(random_input(seed));
      alone.push_back(row_of(*engine, inputs.back()));
    }
    for (const std::size_t count : {4U, 2U, 3U, 1U}) {
      std::vector<std::vector<float>> rows(count, std::vector<float>(64));
      std::vector<const float*> from;
      std::vector<float*> to;
      for (std::size_t i = 0; i < count; ++i) {
        from.push_back(inputs[3 - i].data());
        to.push_back(rows[i].data());
      }
      engine->embed_batch(from, to);
      for (std::size_t i = 0; i < count; ++i) CHECK(rows[i] == alone[3 - i]);
    }
  }

  TEST_CASE("a module may return pixels, if it is one") {
    const TempDir dir;
    save_script("def forward(self, x):\n  return x.mean([2, 3], True)\n",
                dir / "m.pt");
    CHECK(make_script_engine(dir / "m.pt", kSide)->dim() == 3);
    CHECK(contains(error_of_forward("return x"),
                   "returns [1, 3, 20, 20] for 1 image, expected [1, dim]"));
    CHECK(contains(error_of_forward("return x.mean([0, 2, 3])"),
                   "returns [3] for 1 image"));
    CHECK(contains(error_of_forward("return x.flatten(1)[:, :0]"),
                   "returns [1, 0]"));
    CHECK(contains(error_of_forward("return torch.zeros([1, 65537])"),
                   "returns [1, 65537]"));
  }

  TEST_CASE("what is not a tensor of floats is called by its type") {
    CHECK(error_of_forward("return (x, x)") ==
          "returns (Tensor, Tensor), expected one tensor");
    CHECK(error_of_forward("return {'features': x}") ==
          "returns Dict(str, Tensor), expected one tensor");
    CHECK(error_of_forward("return 1") == "returns int, expected one tensor");
    CHECK(error_of_forward("return x.mean([2, 3]).half()") ==
          "returns a tensor of Half, expected Float");
    CHECK(error_of_forward("return x.mean([2, 3]).double()") ==
          "returns a tensor of Double, expected Float");
  }

  TEST_CASE("errors inside a module are told without a trace") {
    CHECK(error_of_forward("assert x.size(1) == 4, 'four'\n  return x") ==
          "libtorch: AssertionError: four");
    CHECK(contains(
        error_of_forward("return torch.conv2d(x, torch.zeros([4, 5, 3, 3]))"),
        "libtorch: Given groups=1, weight of size [4, 5, 3, 3]"));
    const TempDir dir;
    save_script("def forward(self, x, y):\n  return x\n", dir / "two.pt");
    CHECK(contains(error_of(dir / "two.pt"),
                   "two.pt: libtorch: forward() is missing value for argument "
                   "'y'"));
    save_script("def other(self, x):\n  return x\n", dir / "none.pt");
    CHECK(contains(error_of(dir / "none.pt"),
                   "none.pt: libtorch: Method 'forward' is not defined"));
  }

  TEST_CASE("an error on one image is that image's alone") {
    const TempDir dir;
    save_script(
        "def forward(self, x):\n"
        "  assert bool((x <= 1.0).all()), 'too bright'\n"
        "  return x.mean([2, 3])\n",
        dir / "m.pt");
    const auto engine = make_script_engine(dir / "m.pt", kSide);
    std::vector<float> input = random_input(1);
    const std::vector<float> row = row_of(*engine, input);
    const float value = std::exchange(input[5], 2.0F);
    CHECK_THROWS_WITH_AS(row_of(*engine, input),
                         doctest::Contains("libtorch: AssertionError: too "
                                           "bright"),
                         Error);
    input[5] = value;
    CHECK(row_of(*engine, input) == row);
  }

  TEST_CASE("a row of another size is an error of its image") {
    const TempDir dir;
    save_script(
        "def forward(self, x):\n"
        "  row = x.mean([2, 3])\n"
        "  if bool((x > 1.5).any()):\n"
        "    return row[:, :2]\n"
        "  if bool((x < -1.5).any()):\n"
        "    return torch.cat([row, row], 1)\n"
        "  return row\n",
        dir / "m.pt");
    const auto engine = make_script_engine(dir / "m.pt", kSide);
    REQUIRE(engine->dim() == 3);
    std::vector<float> input = random_input(1);
    const std::vector<float> row = row_of(*engine, input);
    const float value = std::exchange(input[5], 2.0F);
    CHECK_THROWS_WITH_AS(
        row_of(*engine, input),
        (dir / "m.pt: returns 2 floats, expected 1 rows of 3").c_str(), Error);
    input[5] = -2.0F;
    CHECK_THROWS_WITH_AS(
        row_of(*engine, input),
        (dir / "m.pt: returns 6 floats, expected 1 rows of 3").c_str(), Error);
    input[5] = value;
    CHECK(row_of(*engine, input) == row);
  }

  TEST_CASE("what is no TorchScript is told what it is and how to export it") {
    const TempDir dir;
    CHECK(error_of(dir / "gone.pt") == dir / "gone.pt: no such file");
    CHECK(refused(dir.write("empty.pt", ""), "no zip archive"));
    CHECK(refused(dir.write("text.pt", "not a model"), "no zip archive"));
    CHECK(refused(dir.write("old.pt", "\x80\x02\x8a\x0a and so on"),
                  "a pickle, as old versions of torch.save write it"));
    save_state_dict(dir / "weights.pt");
    CHECK(refused(dir / "weights.pt",
                  "weights or a Python object, as torch.save writes them"));
  }

  TEST_CASE("an operation of a later PyTorch is told with the version here") {
    const TempDir dir;
    save_unknown_operation(dir / "m.pt");
    const std::string error = error_of(dir / "m.pt");
    CHECK(
        contains(error, "m.pt: libtorch: Unknown builtin op: aten::of_later."));
    CHECK(contains(error, " This is libtorch "));
    CHECK(contains(error, "imsearch-extract(1)"));
  }

  TEST_CASE("no part of a module loads, and none crashes") {
    const TempDir dir;
    save_script(small_net(2, 1), dir / "m.pt");
    const std::string whole = read_file(dir / "m.pt");
    for (std::size_t size = 4; size < whole.size(); size += 97)
      CHECK(contains(error_of(dir.write("part.pt", whole.substr(0, size))),
                     "part.pt: libtorch: "));
  }

  TEST_CASE("a module for one image is refused where there are batches") {
    const TempDir dir;
    save_script("def forward(self, x):\n  return x.reshape([1, -1])\n",
                dir / "m.pt");
    TorchParams params;
    params.batch = 2;
    CHECK(contains(error_of(dir / "m.pt", params),
                   "returns [1, 2400] for 2 images, expected [2, dim] with dim "
                   "up to 65536 (a module for one image only needs --batch "
                   "1)"));
  }

  TEST_CASE("CUDA computes the same in batches, or is refused") {
    const TempDir dir;
    const SmallNet net = small_net(64, 1);
    save_script(net, dir / "m.pt");
    TorchParams params;
    params.device = Device::kCuda;
    params.batch = 5;
    if (!has_cuda()) {
      const std::string error = error_of(dir / "m.pt", params);
      CHECK(error.substr(0, 15) == "--device cuda: ");
      return;
    }
    const auto engine = make_script_engine(dir / "m.pt", kSide, params);
    const std::vector<float> row = row_of(*engine, random_input(1));
    const std::vector<double> expected = feature_of(net, random_input(1));
    for (std::size_t i = 0; i < row.size(); ++i)
      CHECK(std::abs(double{row[i]} - expected[i]) < 1e-4);
  }

  TEST_CASE("matrix products are computed by oneDNN, not the system's BLAS") {
    Dl_info found = {};
    Dl_info self = {};
    REQUIRE(::dladdr(::dlsym(RTLD_DEFAULT, "sgemm_"), &found) != 0);
    REQUIRE(::dladdr(reinterpret_cast<void*>(&save_state_dict), &self) != 0);
    // A libtorch with MKL keeps its own.
    const bool ours = std::string(found.dli_fname) == self.dli_fname;
    CHECK(ours != has_mkl());
    const TempDir dir;
    // (2 x 3) times (3 x 4) of small whole numbers: exact.
    save_script(
        "def forward(self, x):\n"
        "  a = torch.arange(6.0).reshape([2, 3])\n"
        "  b = torch.arange(12.0).reshape([3, 4])\n"
        "  c = torch.mm(b.t(), a.t()).t()\n"
        "  return torch.cat([torch.mm(a, b), c]).reshape([1, 16])\n",
        dir / "m.pt");
    const auto engine = make_script_engine(dir / "m.pt", kSide);
    const std::vector<float> product = {20, 23, 26, 29, 56, 68, 80, 92};
    std::vector<float> expected = product;
    expected.insert(expected.end(), product.begin(), product.end());
    CHECK(row_of(*engine, random_input(1)) == expected);
  }
}
