// One thing that query is asked, whatever it was asked by.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace imsearch {

struct Question {
  std::string text;                        // as asked: a path or a name
  std::optional<std::size_t> number;       // instead of text: a row, a vector
  std::string picture;                     // its image file; empty: none
  std::vector<float> unit;                 // the query: a unit vector, or zero
  std::optional<std::uint32_t> leave_out;  // a row that is not an answer
  std::string error;  // not empty: why it cannot be answered

  /// The text or the number, for people and tables.
  std::string label() const { return number ? std::to_string(*number) : text; }
};

}  // namespace imsearch
