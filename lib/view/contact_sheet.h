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

/// Draws the rows as one JPEG, one line per query, and writes it to `path`
/// whole or not at all. Pictures are decoded by all CPUs, within the memory
/// that there is. Throws Error if the sheet can't be written; before anything
/// is drawn, if it would be larger than a JPEG can be (65,500 pixels a side) or
/// have more than 100 million pixels (149 queries at 10 neighbours, 79 at 20),
/// which also bounds the memory that it takes to 300 MB. Interrupted on a
/// signal.
void write_contact_sheet(const std::vector<SheetRow>& rows,
                         const std::string& path);

}  // namespace imsearch
