// One component of a glob pattern: "*.jpg", "[0-9]?".
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace imsearch {

/// Python's fnmatch on POSIX: "*" any characters, "?" one, "[a-c]" one of a
/// set, "[!a-c]" one outside it; a "]" that comes first in a set is in it, a
/// "[" that is never closed stands for itself. Names are UTF-8; a byte that is
/// not counts as one character, equal only to itself. Immutable.
class Wildcard {
 public:
  /// What stands behind the last dot of a pattern may match letters (a to z) of
  /// the other case, too: "*.jpg" matches "IMG_1.JPG".
  enum class Ending { kExact, kAnyCase };

  explicit Wildcard(std::string_view pattern, Ending ending = Ending::kExact);

  /// True if the whole of `name` fits. Takes at most
  /// O(name length * pattern length).
  bool matches(std::string_view name) const;

  /// What "*", "?" and a set outside which something is match in
  /// regular_form().
  enum class Slash { kTaken, kNotTaken };

  /// The same as a regular expression of Lucene, whose optional operators are
  /// off. Empty for a pattern that is not UTF-8: Lucene knows no such text.
  std::string regular_form(Slash slash) const;

 private:
  struct Range {
    char32_t first;
    char32_t last;
  };
  /// One step of the pattern: any run of characters, or one character that is
  /// in (outside, if negated) the ranges.
  struct Step {
    bool any_run = false;
    bool negated = false;
    std::vector<Range> ranges;

    bool accepts(char32_t c) const;
    std::string regular_form(Slash slash) const;
    bool is_dot() const;
    void take_other_case();
  };

  void ignore_case_of_ending();
  static Step parse_set(std::u32string_view set);

  std::vector<Step> steps_;
};

}  // namespace imsearch
