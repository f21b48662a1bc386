// Many images to rows, decoding and network overlapping.
//
//   names ─▶ decoder threads ─▶ bounded queue ─▶ network threads ─▶ in order
//
// Memory is bounded however many images there are: decoded inputs in flight are
// counted, and a slow image holds back those after it, not memory.
#pragma once

#include "embed/engine.h"
#include "image/preprocess.h"
#include "io/fnames.h"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace imsearch {

struct PipelineParams {
  unsigned threads = 0;  // network threads; 0: usable_cpus()
};

/// Where the time went, in seconds summed over the threads of each stage.
struct StageTimes {
  double decode_s = 0;   // reading, decoding, preprocessing
  double network_s = 0;
  double wait_s = 0;     // network threads waiting for input
  double wall_s = 0;
};

/// What becomes of each image, called in input order, one call at a time.
struct PipelineSink {
  std::function<void(std::size_t i, const float* feature)> on_row;
  std::function<void(std::size_t i, const std::string& reason)> on_bad;
};

/// Embeds names[i] for all i. An exception from the sink, and Interrupted, stop
/// the threads and are thrown to the caller.
StageTimes run_pipeline(const Names& names, const Preprocessing& preprocessing,
                        const Engine& engine, const PipelineParams& params,
                        const PipelineSink& sink);

/// Reads and preprocesses one image file. Throws Error with the reason alone.
void load_input(const std::string& path, const Preprocessing& preprocessing,
                float* input);

}  // namespace imsearch
