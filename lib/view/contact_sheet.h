// A picture of answers: the query on the left, its most similar to the right.
#pragma once

#include <string>
#include <vector>

namespace imsearch {

/// One tile. A file that is gone or broken is drawn as a grey tile.
struct SheetTile {
  std::string path;     // the image file
  std::string caption;  // first line: "query" or the similarity
  std::string name;     // second line, shortened to the tile's width
};

/// One query: the first tile is the query itself.
using SheetRow = std::vector<SheetTile>;

/// Draws the rows as one picture, a PNG if `path` ends so, else a JPEG, and
/// writes it whole or not at all. A row has ten neighbours in a line, and
/// further ones below these; many rows stand in columns. Pictures are decoded
/// by all CPUs, within the memory that there is. Throws Error if the sheet
/// can't be written; before anything is drawn, if it would have more than 100
/// million pixels (149 queries at 10 neighbours), which also bounds the memory
/// that it takes to 300 MB, of a PNG twice as much. Interrupted on a signal.
void write_contact_sheet(const std::vector<SheetRow>& rows,
                         const std::string& path);

}  // namespace imsearch
