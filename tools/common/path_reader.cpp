#include "common/path_reader.h"

#include "common/standard_input.h"

#include "base/interrupt.h"

namespace imsearch {

std::optional<std::string> PathReader::next() {
  check_interrupt();
  constexpr std::size_t kRead = 65536;
  std::size_t searched = begin_;
  for (;;) {
    const std::size_t end =
        bytes_.find(static_cast<char>(separator_), searched);
    if (end != std::string::npos) {
      std::string path = bytes_.substr(begin_, end - begin_);
      begin_ = end + 1;
      return path;
    }
    if (ended_) break;
    bytes_.erase(0, begin_);
    begin_ = 0;
    searched = bytes_.size();
    bytes_.resize(searched + kRead);
    const std::size_t got = read_input(bytes_.data() + searched, kRead);
    bytes_.resize(searched + got);
    ended_ = got == 0;
  }
  if (begin_ == bytes_.size()) return std::nullopt;
  std::string last = bytes_.substr(begin_);  // its end is missing
  begin_ = bytes_.size();
  return last;
}

}  // namespace imsearch
