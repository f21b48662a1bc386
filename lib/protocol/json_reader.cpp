#include "protocol/json_reader.h"

#include "io/text.h"
#include "protocol/search_request.h"

#include <cmath>
#include <memory>

namespace imsearch {
namespace {

// A parser keeps its memory for the next text of its thread, unless that is
// much.
constexpr std::size_t kKeptBytes = std::size_t{256} << 10;

[[noreturn]] void fail_type(std::string_view what, std::string_view wanted) {
  fail_request("[{}] should be {}", printable(what), wanted);
}

}  // namespace

JsonValue parse_request(std::string_view text) {
  thread_local std::unique_ptr<simdjson::dom::parser> parser;
  if (text.size() > kMostJsonBytes)
    throw RequestError(413, "content_too_long_exception",
                       fmt::format("a body of {} bytes of JSON: at most {} are "
                                   "read",
                                   text.size(), kMostJsonBytes));
  if (!parser || parser->capacity() > kKeptBytes) {
    parser = std::make_unique<simdjson::dom::parser>();
    if (parser->allocate(kKeptBytes, kJsonDepth) != simdjson::SUCCESS)
      throw std::bad_alloc();
  }
  JsonValue value;
  const auto error = parser->parse(text.data(), text.size()).get(value);
  if (error == simdjson::MEMALLOC) throw std::bad_alloc();
  if (error == simdjson::DEPTH_ERROR)
    fail_request("JSON nested {} deep or more", kJsonDepth);
  if (error != simdjson::SUCCESS)
    throw RequestError(
        400, "parsing_exception",
        fmt::format("the body is no JSON: {}", simdjson::error_message(error)));
  return value;
}

JsonObject object_of(JsonValue value, std::string_view what) {
  JsonObject object;
  if (value.get(object) != simdjson::SUCCESS) fail_type(what, "an object");
  return object;
}

simdjson::dom::array array_of(JsonValue value, std::string_view what) {
  simdjson::dom::array array;
  if (value.get(array) != simdjson::SUCCESS) fail_type(what, "an array");
  return array;
}

std::string_view text_of(JsonValue value, std::string_view what) {
  std::string_view text;
  if (value.get(text) != simdjson::SUCCESS) fail_type(what, "a text");
  return text;
}

bool flag_of(JsonValue value, std::string_view what) {
  bool flag = false;
  if (value.get(flag) != simdjson::SUCCESS) fail_type(what, "true or false");
  return flag;
}

double number_of(JsonValue value, std::string_view what) {
  double number = 0;
  if (value.get(number) != simdjson::SUCCESS) fail_type(what, "a number");
  return number;
}

std::size_t count_of(JsonValue value, std::string_view what, std::size_t low,
                     std::size_t high) {
  std::uint64_t count = 0;
  if (value.get(count) != simdjson::SUCCESS || count < low || count > high)
    fail_type(what, fmt::format("a whole number from {} to {}", low, high));
  return count;
}

std::vector<std::string> texts_of(JsonValue value, std::string_view what) {
  if (!value.is_array()) return {std::string(text_of(value, what))};
  std::vector<std::string> texts;
  for (const JsonValue one : array_of(value, what)) {
    if (texts.size() == kMostValues)
      fail_request("[{}] has more than {} values", printable(what),
                   kMostValues);
    texts.emplace_back(text_of(one, what));
  }
  return texts;
}

std::vector<float> floats_of(JsonValue value, std::string_view what,
                             std::size_t dim) {
  std::vector<float> floats;
  floats.reserve(dim);
  std::size_t count = 0;
  for (const JsonValue one : array_of(value, what)) {
    const auto number = static_cast<float>(number_of(one, what));
    if (!std::isfinite(number))
      fail_request("[{}] has a number that is too large for a float32",
                   printable(what));
    if (++count <= dim) floats.push_back(number);
  }
  if (count != dim)
    fail_request("[{}] has {} numbers: vectors of this index have {}",
                 printable(what), count, dim);
  return floats;
}

simdjson::dom::key_value_pair only_member(JsonValue value,
                                          std::string_view what) {
  const JsonObject object = object_of(value, what);
  auto member = object.begin();
  if (member == object.end()) fail_request("[{}] is empty", printable(what));
  const simdjson::dom::key_value_pair pair = *member;
  if (++member != object.end())
    fail_request("[{}] should have one member, but has [{}] and more",
                 printable(what), printable(pair.key));
  return pair;
}

void fail_unknown(std::string_view what, std::string_view key) {
  throw RequestError(
      400, "parsing_exception",
      fmt::format("[{}] does not support [{}] here: imsearch serve answers "
                  "nearest neighbours and names",
                  printable(what), printable(key)));
}

}  // namespace imsearch
