// DejaVu Sans, inside the binary, so that drawing needs no font at run time.
#pragma once

namespace imsearch {

/// The bytes of the TrueType file that CMake found in fonts-dejavu-core.
const unsigned char* font_data();

}  // namespace imsearch
