// What a file that we can't decode looks like, for the error message.
#pragma once

#include <string>
#include <string_view>

namespace imsearch {

/// "HEIC is not supported", "not an image: starts with <!DOCTYPE". `bytes` must
/// not be empty.
std::string describe_unknown(std::string_view bytes);

}  // namespace imsearch
