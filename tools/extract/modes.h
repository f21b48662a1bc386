// What extract can be asked to do, once its options are decided: one of these
// four, each with a source of its own (run.cpp, join.cpp, network.cpp,
// serve.cpp). Each gives the exit code.
#pragma once

#include "extract/job.h"
#include "extract/model.h"

namespace imsearch {

/// One run: a list of images to files of vectors and names, reported on stderr.
/// Throws Error and Interrupted, and says what stays for --resume then. The
/// model is loaded once it is clear that there are images and that the files
/// can be written.
int run_extract(const ExtractJob& job, const ModelOptions& options);

/// --join: the files of all shards to those of one whole run. Joins the vectors
/// that are the job's inputs, with the names, lists of bad images and sidecars
/// beside them, and reports. Throws Error, before anything is written, unless
/// they are whole files or all shards of a list, in order, of one model.
int join_vectors(const ExtractJob& job);

/// --time-network: the speed of the network without all around it. Decodes some
/// of the job's images, measures the network on them and reports, as
/// run_extract() does but without files. Throws Error, also when no image is
/// good, and Interrupted.
int time_network(const ExtractJob& job, const ModelOptions& options);

/// --serve: the protocol of serve_frame.h on standard input and output. Says
/// hello and answers paths until standard input ends. An Error of load_model()
/// is sent as a frame. Throws Error if standard input or output fails.
int serve(const ModelOptions& options, unsigned threads);

}  // namespace imsearch
