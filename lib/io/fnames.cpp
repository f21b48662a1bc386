#include "io/fnames.h"

#include "io/file.h"

namespace imsearch {

void Names::append(std::string_view name) {
  bytes_.append(name);
  ends_.push_back(bytes_.size());
}

Names split_names(std::string_view text, Separator separator) {
  Names names;
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
