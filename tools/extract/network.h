// extract --time-network: the speed of the network without all around it.
#pragma once

#include "extract/model.h"
#include "extract/run.h"

namespace imsearch {

/// Decodes some of the job's images, measures the network on them and reports,
/// as run_extract() does but without files. Gives the exit code. Throws Error,
/// also when no image is good, and Interrupted.
int time_network(const ExtractJob& job, const ModelOptions& options);

}  // namespace imsearch
