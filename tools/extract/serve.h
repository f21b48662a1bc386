// extract --serve: the protocol of serve_frame.h on standard input and output.
#pragma once

#include "extract/model.h"

namespace imsearch {

/// Says hello and answers paths until standard input ends. An Error of
/// load_model() is sent as a frame. Gives the exit code. Throws Error if
/// standard input or output fails.
int serve(const ModelOptions& options, unsigned threads);

}  // namespace imsearch
