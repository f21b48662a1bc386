#include "io/json_text.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <utility>
#include <vector>

TEST_SUITE_BEGIN("io");

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

TEST_CASE("a string is JSON, whatever its bytes are") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"a.jpg", R"("a.jpg")"},
      {"a\"b\\c\n", R"("a\"b\\c\u000a")"},
      {"<script>&", R"("\u003cscript\u003e\u0026")"},
      {"\xC3\xA4\x7F", "\"\xC3\xA4\\u007f\""},
      {"\xFFx", "\"\xEF\xBF\xBDx\""},
      {"\xE2\x80\xA8", R"("\u2028")"}};
  for (const auto& [bytes, json] : cases) {
    std::string text;
    append_string(text, bytes);
    CHECK(text == json);
    CHECK(nlohmann::json::parse(text).is_string());
  }
}

TEST_CASE("numbers have the fewest digits") {
  std::string text;
  append_number(text, 0.1);
  append_number(text, std::uint64_t{12});
  CHECK(text == "0.112");
}

TEST_SUITE_END();
