// Which images extract is asked for.
#pragma once

#include "extract_run.h"
#include "io/fnames.h"

namespace imsearch {

/// All images of the job, those of --files-from last. Empty names are passed
/// over. Throws Error, also when there are none.
Names image_names(const ExtractJob& job);

}  // namespace imsearch
