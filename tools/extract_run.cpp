#include "extract_run.h"

#include "base/error.h"
#include "base/parallel_for.h"
#include "base/progress.h"
#include "cli.h"
#include "embed/pipeline.h"
#include "extract_engine.h"
#include "extract_inputs.h"
#include "extract_output.h"
#include "io/text.h"
#include "peak_memory.h"
#include "progress_line.h"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdio>
#include <string_view>

namespace imsearch {
namespace {

/// Bad images shown on stderr; the rest are in the list.
constexpr std::size_t kShownBad = 20;

/// What happens to each image: files, messages, counts.
class Run {
 public:
  Run(const ExtractJob& job, const Names& names)
      : job_(job),
        output_(job.vectors, job.names, job.separator()),
        progress_("images", names.size(), job.quiet) {}

  /// The images whose names the names file can hold; the others are bad.
  Names writable(const Names& names) {
    Names kept;
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (output_.can_hold(names[i]))
        kept.append(names[i]);
      else
        bad(names[i], "a newline in its name: use --null");
    }
    return kept;
  }

  void good(std::string_view name, const float* feature, std::size_t dim) {
    output_.add(name, feature, dim);
    ++good_;
    progress_.update(good_ + bad_);
  }

  void bad(std::string_view name, const std::string& reason) {
    const std::string text = escape_field(name) + ": " + reason;
    if (job_.strict) throw Error(text);
    output_.add_bad(name, reason);
    ++bad_;
    if (bad_ > kShownBad && !output_.bad_path().empty()) return;
    progress_.clear();
    cli::complain(text);
    if (bad_ == kShownBad && !output_.bad_path().empty())
      cli::complain("further bad images are only listed, in " +
                    output_.bad_path());
  }

  /// Makes the files appear. Throws Error if no image was good.
  void finish(const Sidecar& sidecar) {
    progress_.clear();
    if (good_ == 0) {
      output_.commit_bad();
      fail("none of {} images could be read: nothing written", bad_);
    }
    output_.commit(sidecar);
  }

  std::size_t good_count() const { return good_; }
  std::size_t bad_count() const { return bad_; }

 private:
  const ExtractJob& job_;
  ExtractOutput output_;
  cli::ProgressLine progress_;
  std::size_t good_ = 0;
  std::size_t bad_ = 0;
};

double rate(std::size_t images, const StageTimes& times) {
  return times.wall_s > 0 ? static_cast<double>(images) / times.wall_s : 0;
}

void say_summary(const Run& run, const StageTimes& times) {
  const std::string duration = times.wall_s < 10
                                   ? fmt::format("{:.1f} s", times.wall_s)
                                   : human_duration(times.wall_s);
  cli::complain(fmt::format("{} images, {} bad, {} ({:.1f} images/s)",
                            grouped(run.good_count()), grouped(run.bad_count()),
                            duration,
                            rate(run.good_count() + run.bad_count(), times)));
}

void print_json(const ExtractJob& job, const Run& run, const Sidecar& sidecar,
                const StageTimes& times) {
  nlohmann::ordered_json object = {
      {"images", run.good_count()},
      {"bad", run.bad_count()},
      {"dim", sidecar.dim},
      {"seconds", times.wall_s},
      {"images_per_s", rate(run.good_count() + run.bad_count(), times)},
      {"threads", job.threads == 0 ? usable_cpus() : job.threads},
      {"engine", name_of(kLinkedEngine)},
      {"decode_s", times.decode_s},
      {"network_s", times.network_s},
      {"wait_s", times.wait_s},
      {"peak_memory_bytes", peak_memory_bytes()}};
  const auto recorded = nlohmann::ordered_json::parse(to_json(sidecar));
  object["model"] = recorded.at("model");
  std::puts(object.dump().c_str());
}

}  // namespace

int run_extract(const ExtractJob& job,
                const std::function<Model()>& load_model) {
  const Names all = image_names(job);
  keep_inputs(job, all);
  Run run(job, all);
  const Names names = run.writable(all);
  const Model model = load_model();
  if (!job.quiet) say_model(model);
  const Sidecar sidecar = model.sidecar();
  PipelineParams params;
  params.threads = job.threads;
  PipelineSink sink;
  sink.on_row = [&](std::size_t i, const float* feature) {
    run.good(names[i], feature, sidecar.dim);
  };
  sink.on_bad = [&](std::size_t i, const std::string& reason) {
    run.bad(names[i], reason);
  };
  const StageTimes times =
      run_pipeline(names, model.preprocessing, *model.engine, params, sink);
  run.finish(sidecar);
  if (!job.quiet) say_summary(run, times);
  if (job.json) print_json(job, run, sidecar, times);
  return cli::kDone;
}

}  // namespace imsearch
