#include "weights/weights.h"

#include "support/temp_dir.h"
#include "weights/torch_files.h"
#include "weights/weights_files.h"

#include "base/error.h"
#include "image/preprocess_text.h"
#include "support/contains.h"

#include <doctest/doctest.h>

using namespace imsearch;
using imsearch::test::contains;
using namespace imsearch::test;

namespace {

constexpr Container kBoth[] = {Container::kZip, Container::kLegacy};

std::string error_of(const std::string& path) {
  try {
    read_weights(path);
  } catch (const Error& e) {
    return e.what();
  }
  return "";
}

}  // namespace

TEST_SUITE("embed") {
  TEST_CASE("PyTorch weights are read from both containers, as torchvision's") {
    const TempDir dir;
    for (const Container container : kBoth) {
      const std::string path =
          dir.write("w.pth", torch_weights(container, random_tensors(3)));
      const Weights weights = read_weights(path);
      CHECK(same_tensors(weights, 3));
      CHECK(weights.variant == Variant::kTorchvision);
      CHECK(weights.bn_epsilon == 1e-5F);
      CHECK(weights.preprocessing.input_size == 224);
      CHECK(weights.identity.variant == "torchvision");
      CHECK(weights.identity.weights == "w.pth");
      CHECK(weights.identity.preprocessing ==
            "crop-bilinear-pillow-256 imagenet-mean-std");
      dir.write("w.pth",
                torch_weights(container, random_tensors(3), "module."));
      CHECK(same_tensors(read_weights(path), 3));
    }
  }

  TEST_CASE("torchvision's second weights are told by their SHA-256") {
    const TempDir dir;
    const std::string path =
        dir.write("w.pth", torch_weights(Container::kZip, random_tensors(3)));
    const std::string rest(56, '0');
    const Weights second = read_torch_weights(path, "7ebf99e0" + rest);
    CHECK(describe(second.preprocessing) ==
          "crop-bilinear-pillow-232 imagenet-mean-std");
    const Weights first = read_torch_weights(path, "b0353104" + rest);
    CHECK(describe(first.preprocessing) ==
          "crop-bilinear-pillow-256 imagenet-mean-std");
  }

  TEST_CASE("PyTorch weights of another network name the tensor") {
    const TempDir dir;
    auto tensors = random_tensors();
    const auto error = [&] {
      return error_of(
          dir.write("w.pth", torch_weights(Container::kZip, tensors)));
    };
    tensors["features.0.1.bias"] = {{4, 8}, std::vector<float>(32)};
    CHECK(contains(error(), "w.pth: features.0.1.bias has the shape (4, 8)"));
    tensors.erase("features.0.1.bias");
    CHECK(contains(error(), "w.pth: no tensor features.0.1.bias"));
  }
}
