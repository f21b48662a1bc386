// remote/number_text.h.
#include "remote/stored_rows.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <vector>

TEST_SUITE_BEGIN("remote");

using namespace imsearch;

TEST_CASE("short numbers stay short") {
  const std::vector<float> values = {0, 1, -0.5F, 0.1F};
  std::string text = "x";
  append_vector(text, values.data(), values.size());
  CHECK(text == "x[0,1,-0.5,0.1]");
  append_vector(text, nullptr, 0);
  CHECK(text == "x[0,1,-0.5,0.1][]");
}

TEST_CASE("every float is read back to the bit") {
  std::vector<float> values = {std::numeric_limits<float>::min(),
                               std::numeric_limits<float>::denorm_min(),
                               std::numeric_limits<float>::max(),
                               -std::numeric_limits<float>::min(),
                               -1.17549421e-38F,
                               0.03125467F};
  std::mt19937 random(1);
  while (values.size() < 100000) {
    const auto bits = static_cast<std::uint32_t>(random());
    float value = 0;
    std::memcpy(&value, &bits, sizeof value);
    if (value - value == 0) values.push_back(value);
  }
  std::string text;
  append_vector(text, values.data(), values.size());
  const auto read = nlohmann::json::parse(text).get<std::vector<float>>();
  REQUIRE(read.size() == values.size());
  CHECK(std::memcmp(read.data(), values.data(),
                    values.size() * sizeof(float)) == 0);
}

TEST_SUITE_END();
