// Names in one buffer, with the end of each: a million names are two blocks of
// memory instead of a million. A file of names is mapped and searched for its
// separators each time, so that it takes no memory of its own.
#include "io/fnames.h"

#include "io/checksum.h"
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
  // Counted first, so that both blocks get the size that they need.
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

NamesFile::NamesFile(const std::string& path, Separator separator)
    : file_(path), separator_(separator) {
  const std::string_view all = text();
  const char end = static_cast<char>(separator);
  size_ = static_cast<std::size_t>(std::count(all.begin(), all.end(), end));
  if (!all.empty() && all.back() != end) ++size_;
}

std::uint64_t NamesFile::fingerprint(std::size_t count) const {
  Checksum checksum;
  Reader reader(*this, 0);
  const char end = static_cast<char>(separator_);
  for (std::size_t i = 0; i < count; ++i) {
    const std::string_view name = reader.next();
    checksum.add(name.data(), name.size());
    checksum.add(&end, 1);
  }
  return checksum.value();
}

NamesFile::Reader::Reader(const NamesFile& file, std::size_t begin)
    : left_(file.text()), separator_(static_cast<char>(file.separator_)) {
  for (std::size_t i = 0; i < begin; ++i) next();
}

std::string_view NamesFile::Reader::next() {
  const std::size_t end = left_.find(separator_);
  const std::string_view name = left_.substr(0, end);
  left_.remove_prefix(end == std::string_view::npos ? left_.size() : end + 1);
  return name;
}

}  // namespace imsearch
