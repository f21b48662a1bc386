// Blocks of the network at sides that cut their wide images into strips in
// every way (fault 1).
//
// A strip has as many rows as fit 250,000 bytes, rounded down to a divisor of
// the side: a whole network large enough for several strips in each block
// would take the naive one minutes, a single block takes it milliseconds.
#include "embed/inverted_block.h"

#include "embed/layer.h"
#include "naive_mobilenet.h"
#include "weights/metadata.h"
#include "weights/weights_files.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

using namespace imsearch;
using namespace imsearch::test;

namespace {

struct Case {
  std::size_t number;              // of the block, 1 to 17
  std::vector<std::size_t> sides;  // of its wide image
};

// Strips and their rows are noted as strips x rows.
const std::vector<Case> kCases = {
    // The stem and block 1: a dense 3 x 3 at stride 2, then 32 channels.
    {1, {1, 2, 44, 46, 47, 48, 49}},  // 1x1 1x2 1x44 2x23 47x1 2x24 7x7
    // 96 channels, stride 2.
    {2, {1, 2, 25, 26, 27, 29, 34, 38}},  // .. 1x25 2x13 3x9 29x1 2x17 19x2
    // 144 channels, stride 1, its input added.
    {3, {1, 2, 20, 22, 23, 26, 27}},  // .. 1x20 2x11 23x1 2x13 3x9
    // 576 channels, stride 2.
    {14, {1, 2, 10, 11, 12, 13, 14}},  // .. 1x10 11x1 2x6 13x1 2x7
    // 960 channels, stride 1.
    {17, {1, 2, 8, 9, 10, 11}},  // .. 1x8 3x3 2x5 11x1
};

Weights weights_for(Variant variant) {
  Weights weights;
  apply_variant(variant, weights);
  weights.tensors = random_tensors();
  return weights;
}

/// What comes into a block, as naive_block() takes it.
std::vector<float> random_pixels(std::size_t side, std::size_t channels) {
  std::mt19937 random(5);
  std::vector<float> pixels(side * side * channels);
  for (float& value : pixels)
    value = static_cast<float>(random() >> 8) * 0x1p-23F - 1.0F;
  return pixels;
}

/// The same with zeros around it, as the stem's dense convolution wants it.
std::vector<float> padded(const std::vector<float>& pixels, std::size_t side,
                          const Padding& padding) {
  const std::size_t channels = pixels.size() / (side * side);
  const std::size_t wide = padding.before + side + padding.after;
  std::vector<float> all(wide * wide * channels);
  for (std::size_t y = 0; y < side; ++y)
    std::copy_n(
        pixels.data() + y * side * channels, side * channels,
        all.data() + ((y + padding.before) * wide + padding.before) * channels);
  return all;
}

/// Memory full of NaN: what is read before it is written will show.
std::vector<float> unwritten(std::size_t floats) {
  return std::vector<float>(floats, std::numeric_limits<float>::quiet_NaN());
}

/// The block's output, from memory of just the sizes that it asks for.
std::vector<float> run_block(const Weights& weights, std::size_t number,
                             std::size_t wide_side, std::vector<float> input) {
  const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  const InvertedBlock block(engine, weights, (number - 1) * 3, wide_side);
  std::vector<float> wide = unwritten(block.wide_floats());
  std::vector<float> filtered = unwritten(block.filtered_floats());
  BlockMemory memory;
  memory.stream = dnnl::stream(engine);
  memory.wide = wide.data();
  memory.filtered = filtered.data();
  memory.scratch =
      dnnl::memory({{static_cast<dnnl::memory::dim>(block.scratch_bytes() + 1)},
                    dnnl::memory::data_type::u8,
                    dnnl::memory::format_tag::x},
                   engine);
  BoundBlock bound(block, memory);
  std::vector<float> output = unwritten(block.output_floats());
  if (block.adds_input()) output = input;
  bound.run(block.adds_input() ? output.data() : input.data(), output.data());
  return output;
}

/// The largest difference of a block's output from the naive one's. NaN counts
/// as infinite.
double error_of(Variant variant, std::size_t number, std::size_t wide_side) {
  const Weights weights = weights_for(variant);
  const Convolution& first = mobilenet_convolutions()[(number - 1) * 3];
  // Any side that the stem halves to `wide_side`: the odd one.
  const std::size_t side = number == 1 ? 2 * wide_side - 1 : wide_side;
  const std::vector<float> input = random_pixels(side, first.in);
  const std::vector<double> expected =
      naive_block(weights, number, input, side);
  const std::vector<float> output = run_block(
      weights, number, wide_side,
      number == 1 ? padded(input, side, padding_3x3(side, 2, variant)) : input);
  REQUIRE(output.size() == expected.size());
  double largest = 0;
  for (std::size_t i = 0; i < output.size(); ++i) {
    const double difference = std::abs(double{output[i]} - expected[i]);
    if (std::isnan(difference)) return std::numeric_limits<double>::infinity();
    largest = std::max(largest, difference);
  }
  return largest;
}

}  // namespace

TEST_SUITE("embed") {
  TEST_CASE("fault 1: a block is right however its image is cut in strips") {
    for (const Variant variant : {Variant::kKeras, Variant::kTorchvision})
      for (const Case& c : kCases)
        for (const std::size_t side : c.sides) {
          CAPTURE(variant == Variant::kKeras);
          CAPTURE(c.number);
          CAPTURE(side);
          CHECK(error_of(variant, c.number, side) < 1e-4);
        }
  }
}
