// What the parts of an earlier run of extract hold.
#pragma once

#include "extract/log.h"

#include <cstddef>
#include <string>
#include <vector>

namespace imsearch {

/// The images before the first that is not whole in log and rows alike.
struct OlderRun {
  std::vector<bool> good;            // of each image: whether it has a row
  std::vector<std::string> reasons;  // of each bad one, in order
  std::size_t log_bytes = 0;         // of the log that tells of them
  bool rows_end = false;             // no bytes behind their rows

  std::size_t images() const { return good.size(); }
  std::size_t bad() const { return reasons.size(); }
  std::size_t rows() const { return images() - bad(); }
};

/// Reads at most `max_images`, and all their rows: each of `dim` floats in the
/// file `rows`. Throws Error if that cannot be read, Interrupted.
OlderRun read_older_run(LogReader& log, const std::string& rows,
                        std::size_t dim, std::size_t max_images);

}  // namespace imsearch
