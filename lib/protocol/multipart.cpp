#include "protocol/multipart.h"

#include <algorithm>
#include <cstddef>
#include <optional>

namespace imsearch {
namespace {

constexpr std::size_t kMostParts = 100;
constexpr std::size_t kLongestBoundary = 70;  // RFC 2046

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return lower;
}

/// The value of `key` in "form-data; name=\"a\"; filename=\"b.jpg\"", where a
/// browser writes %22 for a quote; false where there is no such key.
bool find_value(std::string_view text, std::string_view key,
                std::string& value) {
  for (std::size_t at = text.find(';'); at != std::string::npos;
       at = text.find(';', at)) {
    at = std::min(text.find_first_not_of(" \t", at + 1), text.size());
    const std::string_view rest = text.substr(at);
    if (lower_case(rest.substr(0, key.size())) != key ||
        rest.substr(key.size(), 1) != "=")
      continue;
    std::string_view found = rest.substr(key.size() + 1);
    if (!found.empty() && found[0] == '"') {
      found.remove_prefix(1);
      found = found.substr(0, found.find('"'));
    } else {
      found = found.substr(0, found.find_first_of("; \t"));
    }
    value = found;
    return true;
  }
  return false;
}

/// Whether the headers of a part say that it is a file, and its name.
bool is_file(std::string_view headers, std::string& name) {
  while (!headers.empty()) {
    const std::string_view line = headers.substr(0, headers.find("\r\n"));
    headers.remove_prefix(std::min(headers.size(), line.size() + 2));
    const std::size_t colon = std::min(line.find(':'), line.size());
    if (lower_case(line.substr(0, colon)) == "content-disposition")
      return find_value(line, "filename", name);
  }
  return false;
}

PostedFile file_in_form(std::string_view body, const std::string& boundary) {
  const std::string mark = "\r\n--" + boundary;
  // The first boundary may stand at the very beginning.
  std::size_t at = body.substr(0, mark.size() - 2) == mark.substr(2)
                       ? mark.size() - 2
                       : body.find(mark);
  if (at != 0 && at != mark.size() - 2 && at != std::string::npos)
    at += mark.size();
  std::optional<PostedFile> found;
  for (std::size_t part = 0; part < kMostParts && at < body.size(); ++part) {
    const std::string_view rest = body.substr(at);
    if (rest.substr(0, 2) == "--") {
      if (!found) fail_request("the form has no file");
      break;
    }
    const std::size_t headers_end = rest.find("\r\n\r\n");
    if (headers_end == std::string::npos) break;
    const std::string_view content = rest.substr(headers_end + 4);
    const std::size_t end = content.find(mark);
    if (end == std::string::npos) break;
    PostedFile file;
    if (is_file(
            rest.substr(std::min<std::size_t>(2, headers_end),
                        headers_end - std::min<std::size_t>(2, headers_end)),
            file.name)) {
      file.bytes = content.substr(0, end);
      // A browser sends a field that nobody filled as a file without a name.
      const bool unfilled = file.bytes.empty() && file.name.empty();
      if (found && !unfilled)
        fail_request("the form has more than one file: post one image");
      if (!found && file.bytes.empty())
        fail_request("the form's file is empty");
      if (!found) found = file;
    }
    at += headers_end + 4 + end + mark.size();
  }
  if (found) return *found;
  fail_request("the form ends before its last boundary, or is none");
}

}  // namespace

PostedFile posted_file(const Request& request) {
  if (request.body.empty())
    fail_request("the body is empty: it should be an image");
  if (lower_case(request.content_type).rfind("multipart/form-data", 0) != 0)
    return {request.body, ""};
  std::string boundary;
  if (!find_value(request.content_type, "boundary", boundary) ||
      boundary.empty() || boundary.size() > kLongestBoundary)
    fail_request("a form without a boundary of 1 to {} characters",
                 kLongestBoundary);
  return file_in_form(request.body, boundary);
}

}  // namespace imsearch
