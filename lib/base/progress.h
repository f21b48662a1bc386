// How far a long piece of work is: the library reports counts, a tool shows
// them (tools/common/progress_line.h).
#pragma once

#include <cstddef>
#include <functional>
#include <string>

namespace imsearch {

/// Called by long work with the number of rows done so far, never from two
/// threads at once; may be empty. It must not throw.
using OnProgress = std::function<void(std::size_t done)>;

/// Where a piece of work is.
struct Progress {
  std::string label;       // what is done: "images", "fits the reduction"
  std::size_t done = 0;    // with those of `before`
  std::size_t total = 0;   // 0: not known
  std::size_t before = 0;  // done by an earlier run: no part of the rate
  double elapsed_s = 0;    // since this run began
};

/// One line such as "images: 1,200 of 9,000 (13 %), 151/s, 52 s left". Rate and
/// time left are of this run, count and share of the whole; without a total no
/// share and no time left are given. Work that counts nothing has its time:
/// "fits the reduction, 7 s".
std::string progress_text(const Progress& progress);

/// The same behind "`tool`: " in at most `columns` characters: where there is
/// no room, first the rate goes, then the tool, the counts, the label, the time
/// left; what still does not fit is cut.
std::string progress_text_within(std::size_t columns, const std::string& tool,
                                 const Progress& progress);

/// "1,234,567": a count as people read it.
std::string grouped(std::size_t count);

/// "1 row", "1,234 rows": a count of what `noun` names, whose plural takes an
/// s.
std::string counted(std::size_t count, const std::string& noun);

/// The verb behind such a count: "1 row is", "2 rows are", "1 of 9 rows is".
const char* is_or_are(std::size_t count);

/// "1.3 GB", "20 MB", "812 bytes": powers of ten, as disks are sold.
std::string human_bytes(double bytes);

/// "52 s", "3 min 20 s", "2 h 05 min".
std::string human_duration(double seconds);

}  // namespace imsearch
