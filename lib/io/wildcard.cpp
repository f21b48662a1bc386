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
std::u32string characters(std::string_view bytes) {
  constexpr char32_t kEscape = 0xDC00;
  std::u32string result;
  result.reserve(bytes.size());
  while (!bytes.empty()) {
    const CodePoint point = first_code_point(bytes);
    const auto byte = static_cast<unsigned char>(bytes[0]);
    result += point.size_bytes > 0 ? point.value : kEscape + byte;
    bytes.remove_prefix(point.size_bytes > 0 ? point.size_bytes : 1);
  }
  return result;
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
  const std::u32string text = characters(name);
  constexpr auto kNone = static_cast<std::size_t>(-1);
  std::size_t at = 0;
  std::size_t step = 0;
  // The latest "*", and where its run would end if it took one more: earlier
  // ones never need another try.
  std::size_t star = kNone;
  std::size_t retry = 0;
  while (at < text.size()) {
    if (step < steps_.size() && steps_[step].any_run) {
      star = step++;
      retry = at;
    } else if (step < steps_.size() && steps_[step].accepts(text[at])) {
      ++step;
      ++at;
    } else if (star != kNone) {
      step = star + 1;
      at = ++retry;
    } else {
      return false;
    }
  }
  while (step < steps_.size() && steps_[step].any_run) ++step;
  return step == steps_.size();
}

}  // namespace imsearch
