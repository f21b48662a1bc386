// The mark by which files that imsearch made for people are known again: a
// comment of a JPEG, a text of a PNG, a comment of an SVG, the generator of a
// page. No program shows it, and no output replaces a file that lacks it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace imsearch {

/// The mark of a page, to be written among the first lines of its head.
inline constexpr std::string_view kPageMark =
    "<meta name=\"generator\" content=\"imsearch\">";

/// The bytes of a picture file with the mark in it; its pixels stay. Those of a
/// format other than JPEG, PNG and SVG come back as they are.
std::string with_own_mark(std::string picture);

/// The mark is among so many bytes at the beginning.
inline constexpr std::size_t kMarkedWithin = 2000;

/// Whether a file that begins with these bytes, kMarkedWithin or all that it
/// has, is a picture or a page with the mark.
bool has_own_mark(std::string_view bytes);

}  // namespace imsearch
