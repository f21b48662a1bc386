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

/// One line such as "extract: 1,200 of 9,000 (13 %), 151/s, 52 s left". The
/// rate is over the whole elapsed time; without a total (0) no share and no
/// time left are given.
std::string progress_text(const std::string& label, std::size_t done,
                          std::size_t total, double elapsed_s);

/// "1,234,567": a count as people read it.
std::string grouped(std::size_t count);

/// "1 row", "1,234 rows": a count of what `noun` names, whose plural takes an
/// s.
std::string counted(std::size_t count, const std::string& noun);

/// "1.3 GB", "20 MB", "812 bytes": powers of ten, as disks are sold.
std::string human_bytes(double bytes);

/// "52 s", "3 min 20 s", "2 h 05 min".
std::string human_duration(double seconds);

}  // namespace imsearch
