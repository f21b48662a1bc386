#include "view/html.h"

#include "io/file.h"
#include "io/text.h"

#include <filesystem>
#include <system_error>

namespace imsearch {
namespace {

/// Where the file or folder is, links followed; as it was named where that
/// cannot be told.
std::string place_of(const std::string& path) {
  std::error_code error;
  const std::filesystem::path place =
      std::filesystem::weakly_canonical(absolute_path(path), error);
  return error ? absolute_path(path) : place.string();
}

}  // namespace

std::string html_text(std::string_view bytes) {
  const std::string utf8 = to_utf8(bytes);
  std::string text;
  text.reserve(utf8.size());
  for (const char c : utf8) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '&')
      text += "&amp;";
    else if (c == '<')
      text += "&lt;";
    else if (c == '>')
      text += "&gt;";
    else if (c == '"')
      text += "&quot;";
    else if (c == '\'')
      text += "&#39;";
    else if ((byte < 0x20 && c != '\t' && c != '\n') || byte == 0x7F)
      text += "\xEF\xBF\xBD";
    else
      text += c;
  }
  return text;
}

std::string html_name(std::string_view name) {
  return html_text(escape_field(name));
}

std::string url_path(std::string_view path) {
  constexpr const char* kHex = "0123456789ABCDEF";
  constexpr std::string_view kPlain = "-._~/";  // RFC 3986: unreserved, and /
  std::string url;
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
                       (c >= 'a' && c <= 'z') ||
                       kPlain.find(c) != std::string_view::npos;
    if (plain) {
      url += c;
    } else {
      url += '%';
      url += kHex[byte >> 4U];
      url += kHex[byte & 0xFU];
    }
  }
  return url;
}

std::string link_from(const std::string& page, const std::string& path) {
  const std::string folder = place_of(parent_folder(page));
  const std::string target = place_of(path);
  const std::string below = folder == "/" ? folder : folder + "/";
  if (target.rfind(below, 0) == 0)
    return "./" + url_path(target.substr(below.size()));
  return "file://" + url_path(target);
}

}  // namespace imsearch
