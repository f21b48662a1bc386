#include "weights/mobilenet.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

using namespace imsearch;

TEST_SUITE("embed") {
  TEST_CASE("MobileNetV2 has 260 tensors of 2,257,984 values") {
    std::size_t values = 0;
    std::set<std::string> names;
    for (const auto& [name, shape] : mobilenet_layout()) {
      std::size_t count = 1;
      for (const std::size_t extent : shape) count *= extent;
      values += count;
      names.insert(name);
    }
    CHECK(mobilenet_layout().size() == 260);
    CHECK(names.size() == 260);
    CHECK(values == 2'257'984);
  }

  TEST_CASE("tensors have torchvision's names and shapes, in Keras' order") {
    using Entry = std::pair<std::string, std::vector<std::size_t>>;
    const auto& layout = mobilenet_layout();
    CHECK(layout[0] == Entry{"features.0.0.weight", {32, 3, 3, 3}});
    CHECK(layout[1] == Entry{"features.0.1.weight", {32}});
    CHECK(layout[4] == Entry{"features.0.1.running_var", {32}});
    // The first block does not expand.
    CHECK(layout[5] == Entry{"features.1.conv.0.0.weight", {32, 1, 3, 3}});
    CHECK(layout[10] == Entry{"features.1.conv.1.weight", {16, 32, 1, 1}});
    CHECK(layout[11] == Entry{"features.1.conv.2.weight", {16}});
    CHECK(layout[15] == Entry{"features.2.conv.0.0.weight", {96, 16, 1, 1}});
    CHECK(layout[20] == Entry{"features.2.conv.1.0.weight", {96, 1, 3, 3}});
    CHECK(layout[25] == Entry{"features.2.conv.2.weight", {24, 96, 1, 1}});
    CHECK(layout[29] == Entry{"features.2.conv.3.running_var", {24}});
    CHECK(layout[255] == Entry{"features.18.0.weight", {1280, 320, 1, 1}});
    CHECK(layout[259] == Entry{"features.18.1.running_var", {1280}});
  }

  TEST_CASE("MobileNetV2 halves five times and adds ten shortcuts") {
    const auto& net = mobilenet_convolutions();
    CHECK(net.size() == 52);
    const auto count = [&](auto&& wanted) {
      return std::count_if(net.begin(), net.end(), wanted);
    };
    CHECK(count([](const Convolution& c) { return c.stride == 2; }) == 5);
    CHECK(count([](const Convolution& c) { return c.adds_input; }) == 10);
    CHECK(count([](const Convolution& c) { return c.begins_block; }) == 17);
    CHECK(count([](const Convolution& c) { return c.depthwise; }) == 17);
    CHECK(count([](const Convolution& c) { return !c.clipped; }) == 17);
  }
}
