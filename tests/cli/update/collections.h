// Folders of images that update keeps vectors and an index of.
#pragma once

#include "cli/extract/files.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace imsearch::test {

/// Runs a tool in the folder, with the demonstration weights.
RunResult run_in(const TempDir& dir, const std::vector<std::string>& command);

/// An image that differs from those of other seeds.
void write_image(const TempDir& dir, const std::string& name, int seed);

/// p/0.ppm to p/5.ppm, extracted and indexed by update.
std::unique_ptr<TempDir> collection();

/// Runs update, which must succeed.
RunResult update(const TempDir& dir,
                 const std::vector<std::string>& options = {});

/// The lines of update --dry-run, which must succeed.
std::vector<std::string> dry_run(const TempDir& dir,
                                 const std::vector<std::string>& options = {});

/// The rows of the images that are there, by their names. Checks that vectors,
/// names and ledger have as many, and no name twice.
std::map<std::string, std::string> rows_by_name(const TempDir& dir);

/// Checks that vectors, answers and index of the images in p are as extract and
/// build-index make them from nothing, in the empty folder `fresh`, but for the
/// numbers of rows.
void check_as_from_nothing(const TempDir& dir, const TempDir& fresh);
void check_as_from_nothing(const TempDir& dir);

}  // namespace imsearch::test
