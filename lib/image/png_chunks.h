// The frame of a PNG file: its chunks (PNG specification, 5.3).
#pragma once

#include <optional>
#include <string_view>

namespace imsearch {

/// The data of the first chunk of this type (four letters), a view into the
/// file; nothing if IEND comes first. No length in the file is believed before
/// its bytes are known to be there. Throws Error ("truncated PNG") if the file
/// ends before either.
std::optional<std::string_view> find_png_chunk(std::string_view png,
                                               std::string_view type);

}  // namespace imsearch
