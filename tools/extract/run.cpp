// A run from the list of images to the summary.
//
// The order in run_extract() matters: what needs no model comes first (no
// images, a file that would be replaced, parts that another run is writing),
// since loading weights takes a while and a user should not wait for an error.
// From RowWriter::start() on, what is done is kept for --resume.
#include "extract/modes.h"

#include "common/cli.h"
#include "common/progress_line.h"
#include "extract/append.h"
#include "extract/identity.h"
#include "extract/image_feed.h"
#include "extract/inputs.h"
#include "extract/model.h"
#include "extract/output.h"
#include "extract/row_writer.h"

#include "base/parallel_for.h"
#include "base/progress.h"
#include "embed/pipeline.h"
#include "io/memory.h"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdio>
#include <optional>

namespace imsearch {
namespace {

/// Decoding and the network run on several threads; the pipeline brings the
/// images back in order, so that results are the same on any number of them.
StageTimes extract_images(ImageFeed& feed, const Model& model, unsigned threads,
                          RowWriter& results) {
  PipelineParams params;
  params.threads = threads;
  PipelineSink sink;
  sink.on_row = [&](std::size_t /*i*/, const float* feature,
                    const FileFacts& facts) {
    results.good(feed.take_place(), feature, facts);
  };
  sink.on_bad = [&](std::size_t /*i*/, const std::string& reason,
                    const FileFacts& facts) {
    results.bad(feed.take_place(), reason, facts);
  };
  const ImageSource source = [&] { return feed.next(); };
  return run_pipeline(source, model.preprocessing, *model.engine, params, sink);
}

/// Images a second of this run alone, without those of an earlier one.
double rate(const RowWriter& results, const StageTimes& times) {
  const std::size_t images =
      results.good_count() + results.bad_count() - results.older_count();
  return times.wall_s > 0 ? static_cast<double>(images) / times.wall_s : 0;
}

/// "64 images, 0 bad", or "6 of 17 images, 11 bad: see fnames.txt.bad.tsv", or
/// "2 of 3 images, 1 bad, 1 damaged archive: see fnames.txt.bad.tsv".
std::string counts(const RowWriter& results, const std::string& bad_path) {
  const std::size_t good = results.good_count();
  const std::size_t bad = results.bad_count();
  const std::size_t archives = results.damaged_archives();
  std::string text = bad == 0 ? "" : grouped(good) + " of ";
  text += counted(good + bad, "image") + ", " + grouped(bad) + " bad";
  if (archives > 0) text += ", " + counted(archives, "damaged archive");
  const bool listed = bad + archives > 0 && !bad_path.empty();
  return listed ? text + ": see " + bad_path : text;
}

/// What --append adds to the summary: ", added to 56; 3 were there already".
std::string additions(const ImageList& images) {
  if (!images.behind_rows) return "";
  return fmt::format(", added to {}; {} {} there already",
                     counted(*images.behind_rows, "row"), grouped(images.known),
                     images.known == 1 ? "was" : "were");
}

void say_summary(const RowWriter& results, const ImageList& images,
                 const StageTimes& times, const std::string& bad_path) {
  const std::size_t asked =
      results.good_count() + results.bad_count() + results.damaged_archives();
  if (images.behind_rows && asked == 0)
    return cli::say(images.known == 1
                        ? "nothing to add: the image is there"
                        : fmt::format("nothing to add: all {} images are there",
                                      grouped(images.known)));
  const std::string duration = times.wall_s < 10
                                   ? fmt::format("{:.1f} s", times.wall_s)
                                   : human_duration(times.wall_s);
  cli::say(fmt::format("{}{}, {} ({:.1f} images/s)", counts(results, bad_path),
                       additions(images), duration, rate(results, times)));
}

/// One object on standard output, which bench extract reads.
void print_json(const ExtractJob& job, const ImageList& images,
                const RowWriter& results, const Sidecar& sidecar,
                const StageTimes& times) {
  nlohmann::ordered_json object = {
      {"images", results.good_count()},
      {"bad", results.bad_count()},
      {"done_before", results.older_count()},
      {"damaged_archives", results.damaged_archives()},
      {"dim", sidecar.dim},
      {"seconds", times.wall_s},
      {"images_per_s", rate(results, times)},
      {"threads", job.threads == 0 ? usable_cpus() : job.threads},
      {"engine", name_of(kLinkedEngine)},
      {"decode_s", times.decode_s},
      {"network_s", times.network_s},
      {"wait_s", times.wait_s},
      {"peak_memory_bytes", peak_memory_bytes()}};
  if (images.behind_rows) {
    object["rows_before"] = *images.behind_rows;
    object["there_already"] = images.known;
  }
  const auto recorded = nlohmann::ordered_json::parse(to_json(sidecar));
  object["model"] = recorded.at("model");
  std::puts(object.dump().c_str());
}

/// The shard that the sidecar records: a run of 1/1 is the whole list.
std::optional<ListPart> part_of(const ExtractJob& job) {
  if (!job.shard || job.shard->count == 1) return std::nullopt;
  return ListPart{job.shard->index, job.shard->count};
}

Sidecar sidecar_of(const ExtractJob& job, const ImageList& images,
                   const Model& model) {
  Sidecar sidecar = model.sidecar();
  // By these --join, and a later run in the same place, know the list again.
  sidecar.list = images.id;
  sidecar.shard = part_of(job);
  return sidecar;
}

void say_if_unlocked(const ExtractOutput& output) {
  if (const std::string path = output.unlocked_path(); !path.empty())
    cli::say(path +
             ": its file system has no locks: nothing keeps a second "
             "extract from writing it, too");
}

/// What the job adds to, if it does; those that are there go from `images`.
std::optional<AppendTarget> open_target(const ExtractJob& job,
                                        const ExtractOutput& output,
                                        ImageList& images) {
  std::optional<AppendTarget> target;
  if (!job.append) return target;
  target.emplace(job.vectors, job.names_path, job.separator(),
                 appended_behind(output.older_identity()));
  exclude_known(images, *target);
  return target;
}

}  // namespace

int run_extract(const ExtractJob& job, const ModelOptions& options) {
  std::optional<cli::ProgressLine> line;
  line.emplace("looks for images", 0, job.quiet);
  ImageList images = list_images(job);
  refuse_to_overwrite(job, images.names, model_file(options).path);
  if (!job.append && !job.force) {
    keep_indexed(job.vectors, images.id, part_of(job));
    keep_names(job, images.id, part_of(job));
    keep_foreign_files(job, images.names);
  }
  ExtractOutput output(job.vectors, job.names_path, job.separator());
  say_if_unlocked(output);
  std::optional<AppendTarget> target = open_target(job, output, images);
  if (target) output.append_to(*target, images.names);
  if (!images.archives.empty()) output.expect_archives();
  const std::string bad_path = output.bad_path();
  line.emplace("loads the network", 0, job.quiet);
  const Model model = load_model(options);
  line.reset();
  if (!job.quiet) say_model(model);
  const Sidecar sidecar = sidecar_of(job, images, model);
  if (target) target->check_model(sidecar);
  RowWriter results(job, images, sidecar.dim, output);
  ImageFeed feed(job, images, target ? &*target : nullptr);
  StageTimes times;
  try {
    const OlderRun older = results.start(run_identity(job, images, model));
    feed.go_on_behind(older);
    times = extract_images(feed, model, job.threads, results);
    output.add_archives(feed.archives());
    images.known += feed.known();
    results.finish(sidecar, images.known);
  } catch (...) {
    // After a signal, too: it arrives as an exception.
    results.say_what_stays();
    throw;
  }
  feed.tell_left_aside();
  if (!job.quiet) say_summary(results, images, times, bad_path);
  if (job.json) print_json(job, images, results, sidecar, times);
  return cli::kDone;
}

}  // namespace imsearch
