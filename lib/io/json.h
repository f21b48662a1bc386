// Reading JSON that others wrote: files, answers of a service.
//
// The JSON library keeps open arrays on the heap while it parses, but what it
// does with a value afterwards (copying, comparing, writing it) calls itself
// for each level: 100,000 brackets end in a stack overflow. And it compares
// every key of an object with all before it where order is kept. So text is
// measured before it is parsed.
//
// A template on the type of value, so that this room's other headers and
// those who include them need no JSON library.
#pragma once

#include "base/error.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace imsearch {

/// The most that a text may have.
struct JsonBounds {
  std::size_t bytes = std::size_t{1} << 20;
  std::size_t values = 100'000;  // of all kinds, keys too; some 50 bytes each
  std::size_t members = 10'000;  // keys in one object
  static constexpr std::size_t kDepth = 100;  // arrays and objects around one
};

/// What `text` has too much of: "more than 10000 keys in one object"; empty
/// where it is within `bounds`. Takes time in proportion to the text, and next
/// to no memory. What the text says is not checked: of malformed text no more
/// is measured than a parser sees before it gives up, or more.
std::string json_excess(std::string_view text, const JsonBounds& bounds);

/// The value that `text` is. Throws Error, "WHERE: malformed JSON: …", without
/// any of the text in it.
template <typename Json>
Json parse_json_within(std::string_view text, const std::string& where,
                       const JsonBounds& bounds = {}) {
  const std::string excess = json_excess(text, bounds);
  if (!excess.empty()) fail("{}: malformed JSON: {}", where, excess);
  try {
    return Json::parse(text);
  } catch (const typename Json::parse_error& e) {
    fail("{}: malformed JSON: at byte {}", where, e.byte);
  } catch (const typename Json::exception&) {
    fail("{}: malformed JSON: a number that is too large", where);
  }
}

/// As parse_json_within(), but malformed text gives a discarded value, which
/// has no type and no members, instead of an error.
template <typename Json>
Json parse_json_or_discard(std::string_view text,
                           const JsonBounds& bounds = {}) {
  if (!json_excess(text, bounds).empty()) return Json(Json::value_t::discarded);
  return Json::parse(text, nullptr, false);
}

}  // namespace imsearch
