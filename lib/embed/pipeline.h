// Many images to rows, decoding and network overlapping.
//
//   paths ─▶ decoder threads ─▶ bounded queue ─▶ network threads ─▶ in order
//
// Memory is bounded however many images there are: a fixed number of inputs is
// in flight, and a slow image holds back those after it, not memory.
#pragma once

#include "embed/engine.h"
#include "embed/load_input.h"
#include "io/fnames.h"
#include "io/ledger.h"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

namespace imsearch {

struct PipelineParams {
  /// Decoder threads, and as many network threads; two network threads where
  /// the engine wants batches. 0: usable_cpus().
  unsigned threads = 0;
  /// The number of the first image; those after it count on from there.
  std::size_t first = 0;
  /// Called within the handler of what run_pipeline() is about to throw, before
  /// it waits for its threads: a source that may wait for ever would keep it
  /// from ever throwing. May be empty, need not return.
  std::function<void()> on_failure;
};

/// Where the time went, in seconds summed over the threads of each stage.
struct StageTimes {
  double decode_s = 0;  // reading, decoding, preprocessing
  double network_s = 0;
  double wait_s = 0;  // network threads waiting for input
  double wall_s = 0;
};

/// The next image, or nothing at the end. Called by one thread at a time, which
/// then decodes that image; may wait.
using ImageSource = std::function<std::optional<PendingImage>()>;
/// The same of images that have paths alone.
using PathSource = std::function<std::optional<std::string>()>;

/// What becomes of each image, called in input order, in the caller's thread.
/// `facts`: what its file was.
struct PipelineSink {
  std::function<void(std::size_t i, const float* feature,
                     const FileFacts& facts)>
      on_row;
  std::function<void(std::size_t i, const std::string& reason,
                     const FileFacts& facts)>
      on_bad;
};

/// Embeds every image that `images` gives, numbered from params.first on. A row
/// depends on its image alone, not on threads. An exception from the source or
/// the sink, a lack of memory, DeviceError and Interrupted stop the threads and
/// are thrown to the caller, as soon as what is being decoded, and a waiting
/// source, are done.
StageTimes run_pipeline(const ImageSource& images,
                        const Preprocessing& preprocessing,
                        const Engine& engine, const PipelineParams& params,
                        const PipelineSink& sink);

StageTimes run_pipeline(const PathSource& paths,
                        const Preprocessing& preprocessing,
                        const Engine& engine, const PipelineParams& params,
                        const PipelineSink& sink);

/// As above, for the images names[i], all i from params.first on, each with its
/// number i: a run that goes on from an older one begins in the middle.
StageTimes run_pipeline(const Names& names, const Preprocessing& preprocessing,
                        const Engine& engine, const PipelineParams& params,
                        const PipelineSink& sink);

}  // namespace imsearch
