// Answers for people at a terminal: the query once, then a line for each image
// found, as wide as the terminal, which links to its file.
#pragma once

#include "base/search.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace imsearch {

/// How a terminal can be written to.
struct Terminal {
  std::size_t columns = 80;
  std::size_t column_pixels = 0;  // 0: not known
  bool styles = false;            // bold and faint
  bool links = false;             // OSC 8
  bool utf8 = false;
};

/// What standard output is: by the terminal itself, TERM, NO_COLOR and the
/// locale.
Terminal terminal_of_output();

/// The columns that the text takes: East Asian characters take two, combining
/// ones none.
std::size_t columns_of(std::string_view text);

/// A name within so many columns (at least 1): its control characters escaped,
/// and what is too long left out in the middle, less of its end than of its
/// beginning.
std::string fitting(const Terminal& terminal, std::string_view name,
                    std::size_t columns);

/// One answer. `picture` is the query's file, which may be empty; `paths` are
/// those of the hits.
std::string answer_text(const Terminal& terminal, const std::string& label,
                        const std::string& picture, const Answer& answer,
                        const std::vector<std::string>& paths);

}  // namespace imsearch
