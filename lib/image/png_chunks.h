// The frame of a PNG file: its chunks (PNG specification, 5.3).
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace imsearch {

struct PngChunk {
  std::string_view type;  // four letters
  std::string_view data;  // a view into the file
};

/// All chunks from the signature to IEND, so that no length in the file is
/// believed before its bytes are known to be there. Throws Error ("truncated
/// PNG") if the file ends before IEND does.
std::vector<PngChunk> png_chunks(std::string_view png);

}  // namespace imsearch
