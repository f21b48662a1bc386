// JSON of a request by simdjson, with reasons that say where what is wrong
// lies. For sources of this room alone: the header is large.
#pragma once

#include "protocol/message.h"

#include <simdjson.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace imsearch {

using JsonValue = simdjson::dom::element;
using JsonObject = simdjson::dom::object;

/// Parses `text`, which must be JSON of at most kMostJsonBytes and kJsonDepth.
/// The value is valid until the next call in this thread. Throws RequestError.
JsonValue parse_request(std::string_view text);

/// The value as what it should be; `what` names it in the reason. Throw
/// RequestError.
JsonObject object_of(JsonValue value, std::string_view what);
simdjson::dom::array array_of(JsonValue value, std::string_view what);
std::string_view text_of(JsonValue value, std::string_view what);
bool flag_of(JsonValue value, std::string_view what);
double number_of(JsonValue value, std::string_view what);
/// A whole number from `low` to `high`.
std::size_t count_of(JsonValue value, std::string_view what, std::size_t low,
                     std::size_t high);
/// One text or an array of them.
std::vector<std::string> texts_of(JsonValue value, std::string_view what);
/// An array of `dim` numbers that a float can hold.
std::vector<float> floats_of(JsonValue value, std::string_view what,
                             std::size_t dim);

/// The one member that an object has. Throws RequestError if it has another
/// number of them.
simdjson::dom::key_value_pair only_member(JsonValue value,
                                          std::string_view what);

/// Throws RequestError: `what` has no member `key` here.
[[noreturn]] void fail_unknown(std::string_view what, std::string_view key);

}  // namespace imsearch
