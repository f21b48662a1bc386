// Small images, and what extract made of them.
#pragma once

#include "support/run.h"
#include "support/temp_dir.h"

#include <cstddef>
#include <string>
#include <vector>

namespace imsearch::test {

/// A 24x16 PPM with a pattern of its own for each seed.
std::string pattern_ppm(int seed);

/// The bundled weights, whatever this user's environment says.
RunOptions demo_in(const TempDir& dir);

/// Runs extract in `dir`, by default with the bundled weights.
RunResult extract_in(const TempDir& dir, std::vector<std::string> arguments);
RunResult extract_in(const RunOptions& options,
                     std::vector<std::string> arguments);

/// The lines of a file in `dir`, each without its newline.
std::vector<std::string> lines_of(const std::string& path);

/// fvecs.bin as one string per row, to be compared as bytes.
std::vector<std::string> rows_of(const std::string& path,
                                 std::size_t dim = 1280);

/// Whole rows in fvecs.bin.part; 0 where there is none.
std::size_t part_rows(const TempDir& dir);

/// Sorted names of everything in `folder`.
std::vector<std::string> files_in(const std::string& folder);

}  // namespace imsearch::test
