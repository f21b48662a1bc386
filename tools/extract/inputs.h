// The images of one run of extract.
#pragma once

#include "extract/job.h"
#include "io/fnames.h"

#include <cstddef>
#include <cstdint>
#include <string>

namespace imsearch {

struct ImageList {
  Names names;  // of the job's shard, if it has one
  // Of all images, whatever the shard:
  std::size_t listed = 0;
  std::uint64_t checksum = 0;  // XXH3 of the names, each ended by NUL
};

/// The images of the job, those of --files-from last. Empty names are passed
/// over. Throws Error if there are none at all; a shard may have none.
ImageList list_images(const ExtractJob& job);

/// Throws UsageError if an output of the job would replace an image, the list
/// of them, or the file of the model.
void keep_inputs(const ExtractJob& job, const Names& names,
                 const std::string& model_file);

}  // namespace imsearch
