// What the rows of one run of extract depend on, by which --resume tells
// whether a part is its own.
#pragma once

#include "extract/inputs.h"
#include "extract/job.h"
#include "extract/model.h"

#include <cstddef>
#include <optional>
#include <string>

namespace imsearch {

/// JSON on one line: the whole list of images, the shard of it, the model, the
/// engine and its device. Not what changes no row: threads, where the files go.
std::string run_identity(const ExtractJob& job, const ImageList& images,
                         const Model& model);

/// False for a text that was not written whole.
bool is_run_identity(const std::string& text);

/// The number of rows that the parts of a run with --append belong behind.
std::optional<std::size_t> appended_behind(const std::string& text);

/// What differs first, for an error: "images were 1000, now 1003"; empty where
/// nothing does. Both must be identities.
std::string identity_difference(const std::string& then,
                                const std::string& now);

}  // namespace imsearch
