#include "remote/number_text.h"

#include <charconv>

namespace imsearch {

void append_vector(std::string& text, const float* values, std::size_t count) {
  constexpr std::size_t kLongest = 16;  // "-1.1754944e-38", and a comma
  const std::size_t begin = text.size();
  text.resize(begin + 2 + count * kLongest);
  char* at = text.data() + begin;
  *at++ = '[';
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) *at++ = ',';
    at = std::to_chars(at, at + kLongest, values[i]).ptr;
  }
  *at++ = ']';
  text.resize(static_cast<std::size_t>(at - text.data()));
}

}  // namespace imsearch
