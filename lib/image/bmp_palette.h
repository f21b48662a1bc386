// A BMP's short palette made whole, for stb_image.
//
// It keeps a palette of 256 colours, fills as many as the file has, and never
// checks the pixels against that number. Of OS/2's BMP it also leaves out the
// last four colours.
#pragma once

#include <string>
#include <string_view>

namespace imsearch {

/// The file with black added until its palette has a colour for every pixel
/// value; empty where nothing is missing, or where the file is too broken to
/// tell (stb_image then refuses it). Throws Error if the palette would have
/// less than no colours.
std::string with_whole_bmp_palette(std::string_view bmp);

}  // namespace imsearch
