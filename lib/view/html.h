// Names of files in HTML. A name is bytes that nobody has checked: a photo may
// be called <img onerror=...>.jpg, javascript:x.jpg or what is no UTF-8.
#pragma once

#include <string>
#include <string_view>

namespace imsearch {

/// `bytes` as HTML text or the value of an attribute between quotes of either
/// kind: & < > " ' as references, malformed UTF-8 as U+FFFD, controls that HTML
/// does not allow as U+FFFD, too. A tab and a newline stay.
std::string html_text(std::string_view bytes);

/// A name as people read it: control characters as escape_field() (io/text.h)
/// writes them, then html_text().
std::string html_name(std::string_view name);

/// A path as part of a URL, each byte that is not plain as %XX. Not for
/// attributes without quotes.
std::string url_path(std::string_view path);

/// The address under which a page at `page` (a path) links the file `path`:
/// relative where the file is below the page's folder, so that both may move
/// together; else file:// and where it is now. No scheme that a name might
/// spell is ever read as one.
std::string link_from(const std::string& page, const std::string& path);

}  // namespace imsearch
