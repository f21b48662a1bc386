// One run of extract: a list of images to files of vectors and names.
#pragma once

#include "extract/job.h"
#include "extract/model.h"

namespace imsearch {

/// Does it, reporting on stderr. Gives the exit code. Throws Error and
/// Interrupted, and says what stays for --resume then. The model is loaded
/// once it is clear that there are images and that the files can be written.
int run_extract(const ExtractJob& job, const ModelOptions& options);

}  // namespace imsearch
