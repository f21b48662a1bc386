// The network alone: images are decoded before the clock starts, and their
// inputs go through every thread's network again and again for some seconds.
// What remains of the difference to a whole run is decoding and waiting for
// disks.
#include "extract/modes.h"

#include "common/cli.h"
#include "common/progress_line.h"
#include "extract/image_feed.h"
#include "extract/inputs.h"
#include "extract/model.h"

#include "base/error.h"
#include "base/interrupt.h"
#include "base/parallel_for.h"
#include "base/progress.h"
#include "embed/load_input.h"
#include "embed/network_speed.h"
#include "io/memory.h"
#include "io/memory_turn.h"
#include "io/text.h"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <optional>
#include <utility>
#include <vector>

namespace imsearch {
namespace {

/// More inputs than caches hold, fewer than it takes long to decode.
constexpr std::size_t kInputs = 64;
constexpr double kMeasuredSeconds = 2;

struct Inputs {
  std::vector<std::vector<float>> values;
  std::size_t bad = 0;
};

/// The first good images of the job.
Inputs load_inputs(const ExtractJob& job, const Preprocessing& preprocessing) {
  const cli::ProgressLine line("decodes images", 0, job.quiet);
  const ImageList list = list_images(job);
  ImageFeed feed(job, list, nullptr);
  Inputs inputs;
  while (inputs.values.size() < kInputs) {
    check_interrupt();
    std::optional<PendingImage> image = feed.next();
    if (!image) break;
    const std::string name = image->path;
    std::vector<float> input(preprocessing.input_floats());
    try {
      FileFacts unused;
      load_input(*std::move(image), preprocessing, input.data(), unused);
      inputs.values.push_back(std::move(input));
    } catch (const Interrupted&) {
      throw;
    } catch (const OutOfMemory& e) {
      // Not a bad image: the next ones would fail as well.
      fail("{}: {}", escape_field(name), e.what());
    } catch (const Error& e) {
      const std::string text = escape_field(name) + ": " + e.what();
      if (job.strict) throw Error(text);
      cli::say(text);
      ++inputs.bad;
    }
  }
  if (inputs.values.empty())
    fail("no image could be read, of {}", grouped(inputs.bad));
  return inputs;
}

}  // namespace

int time_network(const ExtractJob& job, const ModelOptions& options) {
  std::optional<cli::ProgressLine> line;
  line.emplace("loads the network", 0, job.quiet);
  const Model model = load_model(options);
  line.reset();
  if (!job.quiet) say_model(model);
  const Inputs inputs = load_inputs(job, model.preprocessing);
  // As many as a run has: an engine may not want one network for each CPU.
  const unsigned threads =
      model.engine->replicas(job.threads == 0 ? usable_cpus() : job.threads);
  line.emplace("times the network", 0, job.quiet);
  const NetworkSpeed speed =
      measure_network(*model.engine, inputs.values, threads, kMeasuredSeconds);
  line.reset();
  const double rate = static_cast<double>(speed.images) / speed.wall_s;
  if (!job.quiet)
    cli::say(fmt::format("network alone: {} on {}, {:.1f} images/s",
                         counted(speed.images, "image"),
                         counted(threads, "thread"), rate));
  if (!job.json) return cli::kDone;
  const Sidecar sidecar = model.sidecar();
  nlohmann::ordered_json object = {{"images", speed.images},
                                   {"bad", inputs.bad},
                                   {"dim", sidecar.dim},
                                   {"seconds", speed.wall_s},
                                   {"images_per_s", rate},
                                   {"threads", threads},
                                   {"engine", name_of(kLinkedEngine)},
                                   {"cpu_s", speed.cpu_s},
                                   {"inputs", inputs.values.size()},
                                   {"peak_memory_bytes", peak_memory_bytes()}};
  object["model"] = nlohmann::ordered_json::parse(to_json(sidecar)).at("model");
  std::puts(object.dump().c_str());
  return cli::kDone;
}

}  // namespace imsearch
