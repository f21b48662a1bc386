// The style and the scripts of pages.
#pragma once

#include <string_view>

namespace imsearch {

std::string_view page_style();
/// Moves between answers and pictures by keys.
std::string_view answers_script();
/// Keeps count of what is to be kept, and gives the list of the rest.
std::string_view duplicates_script();

}  // namespace imsearch
