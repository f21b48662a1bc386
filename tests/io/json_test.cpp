// io/json.h: fault 16, what is too deep or too much is not parsed.
#include "io/json.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <string>

using namespace imsearch;
using Json = nlohmann::ordered_json;

namespace {

std::string nested(std::size_t depth, char open, char close) {
  return std::string(depth, open) + std::string(depth, close);
}

/// {"key0":0,"key1":0,…}
std::string object_of(std::size_t keys) {
  std::string text = "{";
  for (std::size_t i = 0; i < keys; ++i)
    text += (i == 0 ? "\"key" : ",\"key") + std::to_string(i) + "\":0";
  return text + "}";
}

std::string error_of(const std::string& text) {
  try {
    parse_json_within<Json>(text, "x");
  } catch (const Error& e) {
    return e.what();
  }
  return "";
}

}  // namespace

TEST_SUITE("io") {
  TEST_CASE("fault 16: JSON is read as deep as 100 levels, and no deeper") {
    CHECK(error_of(nested(100, '[', ']')).empty());
    const std::string too_deep = "x: malformed JSON: nested more than 100 deep";
    CHECK(error_of(nested(101, '[', ']')) == too_deep);
    CHECK(error_of(std::string(500'000, '[')) == too_deep);
    std::string objects;
    for (int i = 0; i < 101; ++i) objects += "{\"a\":";
    CHECK(error_of(objects) == too_deep);
  }

  TEST_CASE("fault 16: levels that are closed again do not count") {
    std::string flat = "[";
    for (int i = 0; i < 1000; ++i) flat += "[],{\"a\":[1]},";
    CHECK(error_of(flat + "0]").empty());
  }

  TEST_CASE("fault 16: brackets, quotes and commas in strings do not count") {
    const std::string text = "[\"" + std::string(200, '[') + "\\\"" +
                             std::string(200, '{') + "\\\\\", \"]\"]";
    CHECK(error_of(text).empty());
    CHECK(parse_json_within<Json>(text, "x").size() == 2);
  }

  TEST_CASE("fault 16: the number of values, keys and bytes is bounded") {
    const JsonBounds bounds = {200, 20, 5};
    CHECK(json_excess(object_of(5), bounds).empty());
    CHECK(json_excess(object_of(6), bounds) ==
          "more than 5 keys in one object");
    CHECK(json_excess("[" + object_of(4) + "," + object_of(4) + "]", bounds) ==
          "");
    CHECK(json_excess("[0,1,2,3,4,5,6,7,8,9,0,1,2,3,4,5,6,7,8,9,0,1]",
                      bounds) == "more than 20 values");
    CHECK(json_excess(std::string(201, ' '), bounds) ==
          "201 bytes, at most 200 are read");
  }

  TEST_CASE("malformed JSON is told by its place, not repeated") {
    CHECK(error_of("{\"a\": \x1b[31m}") == "x: malformed JSON: at byte 7");
    CHECK(error_of("[1e999]") ==
          "x: malformed JSON: a number that is too large");
    CHECK(error_of("") == "x: malformed JSON: at byte 1");
  }

  TEST_CASE("a discarded value has no type and no members") {
    for (const std::string& text :
         {std::string("{"), std::string(1000, '['), nested(101, '[', ']')}) {
      const Json value = parse_json_or_discard<Json>(text);
      CHECK_FALSE(value.is_object());
      CHECK_FALSE(value.contains("a"));
    }
    CHECK(parse_json_or_discard<Json>("{\"a\":1}").contains("a"));
  }
}
