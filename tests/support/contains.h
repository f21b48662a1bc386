// What most checks of a message ask.
#pragma once

#include <string>

namespace imsearch::test {

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace imsearch::test
