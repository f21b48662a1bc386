#include "io/fnames.h"

#include "io/file.h"

#include <algorithm>

namespace imsearch {

void Names::append(std::string_view name) {
  bytes_.append(name);
  ends_.push_back(bytes_.size());
}

void Names::reserve(std::size_t count, std::size_t bytes) {
  bytes_.reserve(bytes_.size() + bytes);
  ends_.reserve(ends_.size() + count);
}

Names split_names(std::string_view text, Separator separator) {
  Names names;
  // Growing as it goes takes up to three times as much.
  const auto ended = static_cast<std::size_t>(
      std::count(text.begin(), text.end(), static_cast<char>(separator)));
  const bool open_end =
      !text.empty() && text.back() != static_cast<char>(separator);
  names.reserve(ended + (open_end ? 1 : 0), text.size() - ended);
  while (!text.empty()) {
    const std::size_t end = text.find(static_cast<char>(separator));
    names.append(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return names;
}

Names read_names(const std::string& path, Separator separator) {
  return split_names(read_file(path), separator);
}

}  // namespace imsearch
