// The images of one run of extract.
#pragma once

#include "extract_job.h"

namespace imsearch {

/// All images of the job, those of --files-from last. Empty names are passed
/// over. Throws Error if there are none.
Names image_names(const ExtractJob& job);

/// Throws UsageError if an output of the job would replace an image or the list
/// of them.
void keep_inputs(const ExtractJob& job, const Names& names);

}  // namespace imsearch
