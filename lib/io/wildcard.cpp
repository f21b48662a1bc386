// One part of a pattern, as Python's fnmatch reads it: parsed into steps once,
// then matched without recursion. When a name does not fit any further, only
// the latest "*" is tried one character longer: whatever an earlier one could
// give, the latest can take as well. So a pattern of many stars takes time in
// proportion to pattern times name, and no stack.
#include "io/wildcard.h"

#include "io/text.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace imsearch {
namespace {

/// Malformed bytes become lone surrogates, which no well-formed name holds
/// (Python's "surrogateescape").
constexpr char32_t kEscape = 0xDC00;

/// The character of `bytes` that begins at `at`, which moves behind it. Names
/// are matched by the million, and most of them are ASCII.
char32_t next_character(std::string_view bytes, std::size_t& at) {
  const auto byte = static_cast<unsigned char>(bytes[at]);
  if (byte < 0x80) {
    ++at;
    return byte;
  }
  const CodePoint point = first_code_point(bytes.substr(at));
  at += std::max<std::size_t>(point.size_bytes, 1);
  return point.size_bytes > 0 ? point.value : kEscape + byte;
}

std::u32string characters(std::string_view bytes) {
  std::u32string result;
  result.reserve(bytes.size());
  for (std::size_t at = 0; at < bytes.size();)
    result += next_character(bytes, at);
  return result;
}

/// Appends `c`, which is not a lone surrogate, as UTF-8.
void append_utf8(std::string& text, char32_t c) {
  const auto tail = [&](unsigned shift) {
    text += static_cast<char>(0x80U | ((c >> shift) & 0x3FU));
  };
  if (c < 0x80) {
    text += static_cast<char>(c);
  } else if (c < 0x800) {
    text += static_cast<char>(0xC0U | (c >> 6U));
    tail(0);
  } else if (c < 0x10000) {
    text += static_cast<char>(0xE0U | (c >> 12U));
    tail(6);
    tail(0);
  } else {
    text += static_cast<char>(0xF0U | (c >> 18U));
    tail(12);
    tail(6);
    tail(0);
  }
}

/// Appends `c` so that a regular expression takes it for nothing but itself. A
/// backslash before a letter or a digit would mean something.
void append_literal(std::string& text, char32_t c) {
  const bool plain = c >= 0x7F || c <= U' ' || c == U'_' || c == U'/' ||
                     (c >= U'0' && c <= U'9') || (c >= U'A' && c <= U'Z') ||
                     (c >= U'a' && c <= U'z');
  if (!plain) text += '\\';
  append_utf8(text, c);
}

/// Where the set that starts behind a "[" is closed; npos if it is not.
std::size_t end_of_set(std::u32string_view rest) {
  std::size_t i = 0;
  if (i < rest.size() && rest[i] == U'!') ++i;
  if (i < rest.size() && rest[i] == U']') ++i;
  return rest.find(U']', i);
}

}  // namespace

Wildcard::Wildcard(std::string_view pattern, Ending ending) {
  const std::u32string text = characters(pattern);
  std::u32string_view rest = text;
  while (!rest.empty()) {
    const char32_t c = rest[0];
    rest.remove_prefix(1);
    const std::size_t end =
        c == U'[' ? end_of_set(rest) : std::u32string_view::npos;
    Step step;
    if (c == U'*') {
      step.any_run = true;
    } else if (c == U'?') {
      step.negated = true;  // outside no range: anything
    } else if (end != std::u32string_view::npos) {
      step = parse_set(rest.substr(0, end));
      rest.remove_prefix(end + 1);
    } else {
      step.ranges = {{c, c}};
    }
    steps_.push_back(std::move(step));
  }
  if (ending == Ending::kAnyCase) ignore_case_of_ending();
}

bool Wildcard::Step::is_dot() const {
  return !negated && ranges.size() == 1 && ranges[0].first == U'.' &&
         ranges[0].last == U'.';
}

/// Adds to the ranges what of them is between A and Z, or a and z, in the other
/// case. What is outside a set stays outside in both.
void Wildcard::Step::take_other_case() {
  constexpr char32_t kBetweenCases = U'a' - U'A';
  const std::size_t given = ranges.size();
  for (std::size_t i = 0; i < given; ++i) {
    const Range range = ranges[i];
    const Range upper = {std::max(range.first, U'A'),
                         std::min(range.last, U'Z')};
    const Range lower = {std::max(range.first, U'a'),
                         std::min(range.last, U'z')};
    if (upper.first <= upper.last)
      ranges.push_back(
          {upper.first + kBetweenCases, upper.last + kBetweenCases});
    if (lower.first <= lower.last)
      ranges.push_back(
          {lower.first - kBetweenCases, lower.last - kBetweenCases});
  }
}

void Wildcard::ignore_case_of_ending() {
  // The last dot that is a step of its own begins the ending.
  for (auto step = steps_.rbegin(); step != steps_.rend(); ++step)
    if (step->is_dot()) {
      for (auto behind = step.base(); behind != steps_.end(); ++behind)
        behind->take_other_case();
      return;
    }
}

/// `set` is what stands between the brackets, and is not empty. A "-" is a
/// range between two characters, and itself at either end.
Wildcard::Step Wildcard::parse_set(std::u32string_view set) {
  Step step;
  step.negated = set[0] == U'!';
  if (step.negated) set.remove_prefix(1);
  while (!set.empty()) {
    const bool range = set.size() >= 3 && set[1] == U'-';
    step.ranges.push_back({set[0], range ? set[2] : set[0]});
    set.remove_prefix(range ? 3 : 1);
  }
  return step;
}

bool Wildcard::Step::accepts(char32_t c) const {
  for (const Range& range : ranges)
    if (c >= range.first && c <= range.last) return !negated;
  return negated;
}

bool Wildcard::matches(std::string_view name) const {
  constexpr auto kNone = static_cast<std::size_t>(-1);
  std::size_t at = 0;
  std::size_t step = 0;
  // The latest "*", and where its run would end if it took one more: earlier
  // ones never need another try.
  std::size_t star = kNone;
  std::size_t retry = 0;
  while (at < name.size()) {
    std::size_t next = at;
    if (step < steps_.size() && steps_[step].any_run) {
      star = step++;
      retry = at;
    } else if (step < steps_.size() &&
               steps_[step].accepts(next_character(name, next))) {
      ++step;
      at = next;
    } else if (star != kNone) {
      step = star + 1;
      next_character(name, retry);
      at = retry;
    } else {
      return false;
    }
  }
  while (step < steps_.size() && steps_[step].any_run) ++step;
  return step == steps_.size();
}

/// The set as a class. Without its slash, ranges end before it and begin behind
/// it. A set that accepts nothing becomes U+0000, which no name holds.
std::string Wildcard::Step::regular_form(Slash slash) const {
  constexpr char32_t kBeforeSlash = U'.';
  constexpr char32_t kBehindSlash = U'0';
  std::string members;
  const auto add = [&](char32_t first, char32_t last) {
    if (first > last) return;
    append_literal(members, first);
    if (first < last) {
      members += '-';
      append_literal(members, last);
    }
  };
  for (const Range& range : ranges) {
    if (slash == Slash::kTaken || negated) {
      add(range.first, range.last);
    } else {
      add(range.first, std::min(range.last, kBeforeSlash));
      add(std::max(range.first, kBehindSlash), range.last);
    }
  }
  if (negated && slash == Slash::kNotTaken) members += '/';
  if (members.empty()) return negated ? "." : std::string(1, '\0');
  return (negated ? "[^" : "[") + members + "]";
}

std::string Wildcard::regular_form(Slash slash) const {
  const std::string any = slash == Slash::kTaken ? "." : "[^/]";
  std::string form;
  for (const Step& step : steps_) {
    for (const Range& range : step.ranges)
      for (const char32_t c : {range.first, range.last})
        if (c > kEscape && c <= kEscape + 0xFF) return "";
    if (step.any_run)
      form += any + "*";
    else if (!step.negated && step.ranges.size() == 1 &&
             step.ranges[0].first == step.ranges[0].last)
      append_literal(form, step.ranges[0].first);
    else
      form += step.regular_form(slash);
  }
  return form;
}

}  // namespace imsearch
