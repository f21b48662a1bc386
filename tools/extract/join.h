// extract --join: the files of all shards to those of one whole run.
#pragma once

#include "extract/job.h"

namespace imsearch {

/// Joins the vectors that are the job's inputs, with the names, lists of bad
/// images and sidecars beside them, and reports. Gives the exit code. Throws
/// Error, before anything is written, unless they are whole files or all shards
/// of a list, in order, of one model.
int join_vectors(const ExtractJob& job);

}  // namespace imsearch
