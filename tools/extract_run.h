// One run of extract: a list of images to files of vectors and names.
#pragma once

#include "extract_job.h"
#include "extract_model.h"

#include <functional>

namespace imsearch {

/// Does it, reporting on stderr. Gives the exit code. Throws Error and
/// Interrupted, and says what stays for --resume then. `load_model` is called
/// once it is clear that there are images and that the files can be written.
int run_extract(const ExtractJob& job,
                const std::function<Model()>& load_model);

}  // namespace imsearch
