// Lists of names as people and other programs hand them over.
//
// A list that was written in another way than it is read gives wrong names
// without a word: what `find -print0` prints is one name where names end with
// newlines, and a file saved on Windows has names that end in CR. Every list
// that a tool reads goes through here: --files-from, -n, --delete, and paths on
// standard input.
#pragma once

#include "base/error.h"
#include "io/fnames.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace imsearch {

/// What ends each name of a list; `null`: -0 was given.
constexpr Separator separator_of(bool null) {
  return null ? Separator::kNul : Separator::kNewline;
}

/// A name that holds NUL. Other names of the list may be good.
struct NulInName : Error {
  using Error::Error;
};

/// Looks at the names of one list, in order, as they are read.
class ListCheck {
 public:
  /// `path` as messages name it, "-" for standard input.
  ListCheck(const std::string& path, Separator separator);

  /// Throws Error, which names the remedy, for a name that no file can have:
  /// the list is in another encoding, has the other separator (NulInName), or
  /// is an image.
  /// Says once on standard error where the list begins with a byte-order mark
  /// and where a name ends in CR; both stay part of the name.
  void look_at(std::string_view name);

  /// To be called behind the last name. Throws Error for lines that were read
  /// as one name that ends with NUL; look_at() does where there are several.
  void finish() const;

 private:
  void look_at_first(std::string_view name) const;

  std::string where_;
  Separator separator_;
  std::size_t names_ = 0;
  bool ends_in_newline_ = false;  // the latest name
  bool said_cr_ = false;
};

/// read_names(), looked at. Throws Error.
Names read_list(const std::string& path, Separator separator);

/// Where a file of names, read with `separator`, has another number of them
/// than `rows`, and with the other separator that number: what to do about -0,
/// behind
/// "; ". Else empty.
std::string other_separator_hint(const std::string& path, Separator separator,
                                 std::size_t rows);

/// Looks at all names of a file. Throws Error.
void check_list(const NamesFile& file, Separator separator);

}  // namespace imsearch
