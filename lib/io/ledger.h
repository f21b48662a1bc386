// fvecs.bin.ledger.tsv: which file each row of the vectors beside it came from,
// and which images have none.
//
// By it a later run tells what has changed since: a file is known again by its
// size and the time of its last change, and by its content where these say
// nothing (it was touched, moved, or swapped with another). A row whose image
// is gone stays in the vectors and is marked here. Vectors of other tools have
// no ledger; nothing but `update` needs one.
//
// A text of tab-separated lines: the first names the columns, by which readers
// find them, since later versions may add some; then a line for each row in
// order, then one for each image without a row and for each archive that was
// read: one that has not changed needs not be opened again. Specification:
// man/imsearch-formats.5.
#pragma once

#include "io/fnames.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imsearch {

/// What was seen of a picture once it was decoded.
struct PictureFacts {
  std::size_t width = 0;   // in pixels, as the network saw it: turned by EXIF
  std::size_t height = 0;  // where it was; 0 by 0: not known
  std::optional<std::uint64_t> phash =
      {};  // image/perceptual_hash.h; none: not
           // known, or next to nothing to see

  bool known() const { return width > 0; }
};

/// Those as the ledger's fields of that name, with a tab between each: width,
/// height, 16 hexadecimal digits; "-" where not known.
std::string picture_text(const PictureFacts& picture);
/// Takes such fields from the start of `text`, with the tab behind them if
/// there is one. False if they are not there.
bool take_picture(std::string_view& text, PictureFacts& picture);

/// What a file was when it was read.
struct FileFacts {
  bool known = false;  // false: nothing below is
  std::uint64_t bytes = 0;
  std::int64_t modified_ns = 0;  // since 1970
  std::array<std::uint64_t, 2> content =
      {};  // XXH3, 128 bits, the high half first; 0: not known
  PictureFacts picture = {};  // known where it was decoded
};

/// Whether both are known, of the same size and time; and of the same content.
bool same_status(const FileFacts& a, const FileFacts& b);
bool same_content(const FileFacts& a, const FileFacts& b);

/// Facts as the ledger's fields of that name, with a tab between each: bytes,
/// seconds with nine decimals, 32 hexadecimal digits; "-" where not known,
/// which the last may be alone. Without those of the picture.
std::string facts_text(const FileFacts& facts);
/// Takes such fields from the start of `text`, with the tab behind them if
/// there is one. False if they are not there.
bool take_facts(std::string_view& text, FileFacts& facts);

/// A row of the vectors. Its name is that in the list of names.
struct LedgerRow {
  FileFacts facts;
  bool gone = false;
};

/// An image that has no row.
struct BadImage {
  std::string name;
  FileFacts facts;
  std::string reason;
};

/// An archive whose images have all been read; `facts` have no content.
struct ReadArchive {
  std::string name;
  FileFacts facts;
};

struct Ledger {
  std::vector<LedgerRow> rows;  // fewer than the vectors have: nothing is known
                                // of the others
  std::vector<BadImage> bad;
  std::vector<ReadArchive> archives;
  // The names that the file tells of its rows are others than were asked for:
  // the list of names was replaced, and then the process was killed.
  bool has_other_names = false;
  // The first of those: its row, what it should be called, and what it is.
  std::size_t other_row = 0;
  std::string wanted_name = {};
  std::string other_name = {};
};

/// The name of a row, in whatever the caller holds names. Asked for each row
/// once, in order, and not behind the last.
using NameOfRow = std::function<std::string_view(std::size_t)>;

/// "fvecs.bin" -> "fvecs.bin.ledger.tsv".
std::string ledger_path(const std::string& vectors);

/// The ledger beside `vectors`, without rows from `max_rows` on: a run that was
/// killed may have left them. An empty one if there is none. Throws Error if it
/// cannot be read or is malformed. `names`: those that its rows should have, at
/// least `max_rows`.
Ledger read_ledger(const std::string& vectors, std::size_t max_rows,
                   const Names* names = nullptr);

/// The same for a tool that goes by the names in the file `names_path`, one for
/// each of `rows` rows. Throws Error, with the remedies, also where the ledger
/// calls a row otherwise: these are the names of other vectors, or in another
/// order, and every image would be found by another one's name.
Ledger read_ledger_of_names(const std::string& vectors, std::size_t rows,
                            const NameOfRow& name_of,
                            const std::string& names_path);

/// Its text, with the names of its rows.
std::string to_text(const Ledger& ledger, const Names& names);

/// How many of `bad` are images, and how many are archives that could not be
/// read to their ends.
struct BadCounts {
  std::size_t images = 0;
  std::size_t archives = 0;
};
BadCounts count_bad(const Ledger& ledger);

/// The rows that are marked as gone, rising.
std::vector<std::uint32_t> gone_rows(const Ledger& ledger);

/// Replaces the ledger beside `vectors` whole, or not at all. Throws Error.
void write_ledger(const std::string& vectors, const Ledger& ledger,
                  const Names& names);

/// Facts of a file that is there now, without its content: what stat(2) says.
/// Unknown if there is no such file.
FileFacts facts_of_status(const std::string& path);
/// The same with the content's hash, of a file that is read to its end. Throws
/// Error, Interrupted.
FileFacts facts_of_file(const std::string& path);

}  // namespace imsearch
