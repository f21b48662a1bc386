// Measures JSON without parsing it: one pass over the text, with a counter for
// each level that is open. Within well-formed text, brackets, commas and colons
// outside of strings tell how deep values lie and, to within one for each array
// or object, how many there are; behind an error it does not matter, since the
// parser stops there.
#include "io/json.h"

#include <array>

namespace imsearch {
namespace {

/// Where the string that begins at text[at] ends: at its closing quote, or
/// behind the text.
std::size_t end_of_string(std::string_view text, std::size_t at) {
  for (++at; at < text.size() && text[at] != '"'; ++at)
    if (text[at] == '\\') ++at;
  return at;
}

/// Counts by brackets, commas and colons outside of strings. Up to the first
/// error these are where the parser sees them.
class JsonMeter {
 public:
  explicit JsonMeter(const JsonBounds& bounds) : bounds_(bounds) {}

  std::string excess_of(std::string_view text) {
    for (std::size_t at = 0; at < text.size(); ++at) {
      if (text[at] == '"')
        at = end_of_string(text, at);
      else if (!take(text[at]))
        return too_deep_;
      if (values_ > bounds_.values)
        return fmt::format("more than {} values", bounds_.values);
      if (members_[depth_] > bounds_.members)
        return fmt::format("more than {} keys in one object", bounds_.members);
    }
    return {};
  }

 private:
  /// False where it opens one level too many.
  bool take(char c) {
    switch (c) {
      case '[':
      case '{':
        if (depth_ == JsonBounds::kDepth) return false;
        members_[++depth_] = 0;
        ++values_;
        break;
      case ']':
      case '}':
        if (depth_ > 0) --depth_;
        break;
      case ':':
        ++members_[depth_];
        ++values_;
        break;
      case ',':
        ++values_;
        break;
      default:
        break;
    }
    return true;
  }

  const JsonBounds& bounds_;
  const std::string too_deep_ =
      fmt::format("nested more than {} deep", JsonBounds::kDepth);
  std::array<std::size_t, JsonBounds::kDepth + 1> members_{};
  std::size_t depth_ = 0;
  std::size_t values_ = 0;
};

}  // namespace

std::string json_excess(std::string_view text, const JsonBounds& bounds) {
  if (text.size() > bounds.bytes)
    return fmt::format("{} bytes, at most {} are read", text.size(),
                       bounds.bytes);
  return JsonMeter(bounds).excess_of(text);
}

}  // namespace imsearch
