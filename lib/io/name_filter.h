// Which images of an index are meant: patterns of their names.
//
//   only = {"holiday", "*.png"}: all in a folder holiday, and every PNG
//
// The rules are those of extract's --exclude (input_sieve.h). A pattern without
// a slash is compared with each part of a name between slashes: with the file,
// and with each folder that it lies in. One with a slash is compared with the
// whole name and with the path of each of these folders, and its "*" and "?"
// match slashes, too: so "./mugs" is the folder mugs at the start of a name,
// and
// "." is all. Case does not count in the ending.
#pragma once

#include "base/search.h"
#include "io/wildcard.h"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imsearch {

/// The name without what changes no path: "./" before and between, slashes that
/// repeat or end it. ".." stays: behind a link it leads elsewhere.
std::string plain_name(std::string_view name);

/// Immutable; any thread.
class NameFilter {
 public:
  /// Throws Error for an empty pattern.
  explicit NameFilter(const NameRules& rules);

  /// Whether `name` matches one of the patterns of `only`, or there is none,
  /// and none of `without`.
  bool passes(std::string_view name) const;

  /// The rules as regular expressions of Lucene (Wildcard::regular_form), each
  /// of a whole name. Throws Error for a pattern that is not UTF-8.
  NameRules regular_forms() const;

 private:
  struct Pattern {
    explicit Pattern(const std::string& text);
    bool matches(std::string_view name) const;
    std::string regular_form() const;

    std::string text;
    bool of_path;
    Wildcard wildcard;
  };

  static std::vector<Pattern> parsed(const std::vector<std::string>& texts);
  static bool any_matches(const std::vector<Pattern>& patterns,
                          std::string_view name);

  std::vector<Pattern> only_;
  std::vector<Pattern> without_;
};

/// Whether one of `count` names passes: `name_of` gives each, or none for what
/// is not there any more. Stops at the first.
bool any_passes(
    const NameFilter& filter, std::size_t count,
    const std::function<std::optional<std::string_view>(std::size_t)>& name_of);

}  // namespace imsearch
