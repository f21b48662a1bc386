// The int8 engine under the table that IMSEARCH_SIMD names: CMakeLists.txt runs
// it under each, and all must give the bits of naive_int8().
#include "embed/engine.h"

#include "naive_int8.h"
#include "naive_mobilenet.h"
#include "random_network.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <thread>
#include <vector>

using namespace imsearch;
using namespace imsearch::test;

namespace {

double cosine(const std::vector<float>& a, const std::vector<double>& b) {
  double product = 0;
  double a_square = 0;
  double b_square = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    product += double{a[i]} * b[i];
    a_square += double{a[i]} * double{a[i]};
    b_square += b[i] * b[i];
  }
  return product / std::sqrt(a_square * b_square);
}

}  // namespace

TEST_SUITE("embed") {
  TEST_CASE("int8 is the naive network's to the bit, in both variants") {
    // At 130 and 131 the first images have strips of several heights, the last
    // of them lower than the others.
    for (const std::size_t side : {32U, 41U, 130U, 131U})
      for (const Variant variant : {Variant::kKeras, Variant::kTorchvision}) {
        CAPTURE(side);
        CAPTURE(variant == Variant::kKeras);
        const Weights weights = weights_for(variant, side);
        const std::vector<float> input = random_input(weights, 3);
        const auto engine = make_int8_engine(weights);
        REQUIRE(engine->dim() == 1280);
        CHECK(feature_of(*engine, input) == naive_int8(weights, input));
      }
  }

  TEST_CASE("int8 is near the network in double") {
    for (const Variant variant : {Variant::kKeras, Variant::kTorchvision}) {
      CAPTURE(variant == Variant::kKeras);
      const Weights weights = weights_for(variant, 64);
      const std::vector<float> input = random_input(weights, 4);
      const auto feature = feature_of(*make_int8_engine(weights), input);
      // Random weights pass on errors that trained ones damp.
      CHECK(cosine(feature, naive_mobilenet(weights, input)) > 0.96);
    }
  }

  TEST_CASE("an int8 feature is the same in every replica, thread and order") {
    const Weights weights = weights_for(Variant::kKeras, 64);
    const auto engine = make_int8_engine(weights);
    std::vector<std::vector<float>> inputs;
    std::vector<std::vector<float>> expected;
    for (std::uint32_t i = 0; i < 6; ++i) {
      inputs.push_back(random_input(weights, i));
      expected.push_back(feature_of(*engine, inputs.back()));
    }
    std::vector<int> equal(4, 0);
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < equal.size(); ++t) {
      threads.emplace_back([&, t] {
        const auto replica = engine->clone();
        for (std::size_t i = inputs.size(); i-- > 0;)
          equal[t] += feature_of(*replica, inputs[i]) == expected[i] ? 1 : 0;
      });
    }
    for (std::thread& thread : threads) thread.join();
    CHECK(equal == std::vector<int>(4, 6));
  }

  TEST_CASE(
      "int8 bears pictures without anything, and weights without bounds") {
    Weights weights = weights_for(Variant::kKeras, 32);
    const std::vector<float> black(weights.preprocessing.input_floats(), -1);
    const auto finite = [](const std::vector<float>& feature) {
      return std::all_of(feature.begin(), feature.end(),
                         [](float value) { return value >= 0 && value <= 6; });
    };
    CHECK(finite(feature_of(*make_int8_engine(weights), black)));
    std::vector<float> zeros(black.size(), 0);
    CHECK(finite(feature_of(*make_int8_engine(weights), zeros)));
    for (auto& [name, tensor] : weights.tensors)
      if (tensor.shape.size() == 4)
        std::fill(tensor.values.begin(), tensor.values.end(), 0.0F);
    CHECK(finite(feature_of(*make_int8_engine(weights), zeros)));
    for (auto& [name, tensor] : weights.tensors)
      if (tensor.shape.size() == 4)
        std::fill(tensor.values.begin(), tensor.values.end(), 1e30F);
    CHECK(finite(feature_of(*make_int8_engine(weights), black)));
  }
}
