// Small pictures on a terminal.
#pragma once

#include "query/terminal.h"

#include "view/terminal_picture.h"

#include <string>
#include <vector>

namespace imsearch {

/// How this terminal takes pictures: `wanted` ("kitty", "iterm2", "sixel"), or
/// where that is empty, what it says of itself by its variables and, of sixel,
/// when it is asked. Throws Error, with what can be done, where it is none.
PictureProtocol protocol_of_terminal(const std::string& wanted);

/// Draws the pictures in lines as wide as the terminal, each with its rank
/// below, from 0 where the first is the query.
void print_previews(const Terminal& terminal, PictureProtocol protocol,
                    const std::vector<std::string>& paths, bool query_first);

}  // namespace imsearch
