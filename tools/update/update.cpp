// update: vectors and index in step with the images.
//
//   update ~/Pictures        extracts them and builds the index
//   update                   later: what has changed since
//
// Compares the images with the ledger that extract keeps (io/ledger.h), enters
// there what is gone and what was moved, has extract add what is new, and has
// build-index follow. Each of these steps can be killed, and the next update
// goes on from whatever is there. Manual: man/imsearch-update.1.
#include "common/cli.h"
#include "common/file_names.h"
#include "common/progress_line.h"
#include "common/standard_streams.h"
#include "update/apply.h"
#include "update/collection.h"
#include "update/compact.h"
#include "update/index_check.h"
#include "update/inputs.h"
#include "update/options.h"
#include "update/plan.h"
#include "update/record.h"
#include "update/report.h"

#include "base/command.h"
#include "base/error.h"
#include "base/interrupt.h"
#include "base/progress.h"
#include "base/stopwatch.h"
#include "io/commit_mark.h"
#include "io/file.h"
#include "io/file_lock.h"
#include "io/text.h"

#include <unistd.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace {

using namespace imsearch;

std::string working_folder() {
  return std::filesystem::current_path().string();
}

/// The record of the last time with what is given now, and the working folder
/// changed to the one that its names count from.
UpdateRecord decide_record(UpdateOptions& opt) {
  std::optional<UpdateRecord> last = read_record(opt.paths.vectors);
  UpdateRecord record = opt.record;
  if (record.inputs.empty()) {
    if (!last)
      cli::fail_usage(
          "no images: no earlier update has recorded any beside {}: give "
          "files, folders or quoted patterns",
          opt.paths.vectors);
    record.inputs = last->inputs;
    if (record.exclude.empty()) record.exclude = last->exclude;
    record.all = record.all || last->all;
  }
  record.folder = last ? last->folder : working_folder();
  record.index_is_behind = last && last->index_is_behind;
  record.model = opt.model.arguments();
  if (record.model.empty() && last) record.model = last->model;
  if (record.folder == working_folder()) return record;
  if (!opt.record.inputs.empty())
    fail("{}: its names count from {}: run update there to give other images",
         opt.paths.vectors, record.folder);
  for (std::string* path :
       {&opt.paths.vectors, &opt.paths.names, &opt.paths.index})
    *path = std::filesystem::absolute(*path).string();
  if (::chdir(record.folder.c_str()) != 0)
    fail("{}: {}: names count from this folder", record.folder,
         errno_text(errno));
  return record;
}

void refuse_half_gone(const UpdateOptions& opt, const Plan& plan) {
  const std::size_t before =
      plan.kept + plan.gone.size() + plan.moved.size() + plan.replaced.size();
  if (opt.force || 2 * plan.gone.size() <= before) return;
  fail(
      "{} of {} {} gone, more than half: --dry-run lists them, --force goes on",
      grouped(plan.gone.size()), counted(before, "image"),
      is_or_are(plan.gone.size()));
}

/// Those of extract that say which members of archives are images.
std::vector<std::string> options_of(const UpdateRecord& record) {
  std::vector<std::string> options;
  for (const std::string& pattern : record.exclude)
    options.push_back("--exclude=" + pattern);
  if (record.all) options.emplace_back("--all");
  return options;
}

/// By its SHA-256, which what lies where it was must have. A relative path
/// would mean another file in another folder.
void add_recorded_model(const ModelIdentity& model,
                        std::vector<std::string>& options) {
  options.push_back("--model-sha256=" + model.weights_sha256);
  const std::string& path = model.weights_path;
  if (path.empty() || path.front() != '/') return;
  const bool module = model.architecture == kTorchScript;
  if (!module || is_regular_file(path))
    options.push_back((module ? "--model=" : "--weights=") + path);
}

/// With the model that made the vectors, as far as options do not say which.
ExtractRun extract_run(const UpdateOptions& opt, const UpdateRecord& record,
                       const Collection* collection) {
  ExtractRun run = {record.model, options_of(record), opt.plan.threads,
                    opt.quiet};
  if (collection == nullptr) return run;
  const auto is_given = [&](std::string_view option) {
    return std::any_of(record.model.begin(), record.model.end(),
                       [option](std::string_view given) {
                         return given.substr(0, given.find('=')) == option;
                       });
  };
  const ModelIdentity& model = collection->sidecar.model;
  if (!is_given("--weights") && !is_given("--model"))
    add_recorded_model(model, run.model);
  if (!is_given("--precision") && !model.precision.empty())
    run.model.push_back("--precision=" + model.precision);
  if (!is_given("--exif") && model.exif) run.model.emplace_back("--exif");
  return run;
}

/// Names for extract --append: what it has and what it is to add. Archives come
/// last, when it is known which images of theirs could be read.
Names with_rows(const Collection& collection, const Plan& plan) {
  Names names;
  for (std::size_t row = 0; row < collection.names.size(); ++row)
    if (!collection.is_gone(row)) names.append(collection.names[row]);
  for (const std::string& name : plan.added) names.append(name);
  for (const std::string& name : plan.changed) names.append(name);
  for (const std::string& name : plan.damaged) names.append(name);
  return names;
}

/// One update at a time: a second one waits for the first.
FileLock lock_collection(const std::string& vectors, bool quiet) {
  const cli::ProgressLine line("waits for another update", 0, quiet);
  const std::string path = record_path(vectors);
  for (;;) {
    // To be locked, it has to be there. The record itself replaces it, and then
    // the lock is that of the new file.
    FILE* file = std::fopen(path.c_str(), "a");
    if (file == nullptr) fail("{}: {}", path, errno_text(errno));
    std::fclose(file);
    try {
      FileLock lock(path);
      lock.share_with_children();
      return lock;
    } catch (const Interrupted&) {
      throw;
    } catch (const Error&) {
      // Whoever was waited for has taken the file away: a new one is made.
      if (file_exists(path)) throw;
    }
  }
}

/// Records what is given now, unless that is recorded. The record is replaced,
/// and the lock is then that of the new one. Gives whether it was.
bool keep_record(const UpdateOptions& opt, const UpdateRecord& record,
                 std::optional<FileLock>& lock) {
  if (read_record(opt.paths.vectors) == record) return false;
  write_record(opt.paths.vectors, record);
  lock.emplace(lock_collection(opt.paths.vectors, opt.quiet));
  return true;
}

Summary begin_collection(const UpdateOptions& opt, const UpdateRecord& record,
                         std::optional<FileLock>& lock,
                         Collection& collection) {
  const std::string others =
      other_vectors_of(opt.paths.names, opt.paths.vectors);
  if (!others.empty()) fail_names_of(opt.paths.names, others);
  const Names images = list_files(opt, record, nullptr);
  const ExtractRun run = extract_run(opt, record, nullptr);
  const bool first = !read_record(opt.paths.vectors);
  // Before the long part: a killed run is then gone on with by itself.
  keep_record(opt, record, lock);
  try {
    extract_all(opt.paths, images, run);
  } catch (const Error&) {
    // Options that it refused are not to be those of the next update.
    if (first && !file_exists(follow_links(opt.paths.vectors) + ".part"))
      empty_record(opt.paths.vectors);
    throw;
  }
  collection = open_collection(opt.paths);
  follow_with_index(opt.paths, collection, true, run);
  Summary done;
  done.added = collection.names.size();
  return done;
}

Plan compare(const UpdateOptions& opt, const Collection& collection,
             const Listing& listing) {
  cli::ProgressLine line("images looked at", listing.images.size(), opt.quiet);
  Plan plan = make_plan(collection, listing, opt.plan, line.callback());
  say_out_of_reach(plan);
  return plan;
}

/// Gives whether there were any. The index is then to be built anew: whoever
/// kills this, a later update knows that it has other rows.
bool leave_out_gone(const UpdateOptions& opt, UpdateRecord record,
                    const ExtractRun& run, std::optional<FileLock>& lock,
                    Collection& collection) {
  if (gone_rows(collection.ledger).empty()) return false;
  settle_deletions(opt.paths, collection, run);
  record.index_is_behind = true;
  keep_record(opt, record, lock);
  {
    const cli::ProgressLine line("leaves out rows that are gone", 0, opt.quiet);
    compact(opt.paths, collection);
  }
  collection = open_collection(opt.paths);
  return true;
}

void note_index_followed(const UpdateOptions& opt, UpdateRecord record,
                         std::optional<FileLock>& lock) {
  record.index_is_behind = false;
  keep_record(opt, record, lock);
}

Summary bring_up_to_date(const UpdateOptions& opt, const UpdateRecord& record,
                         std::optional<FileLock>& lock,
                         Collection& collection) {
  const Listing listing = list_images(opt, record, &collection);
  const Plan plan = compare(opt, collection, listing);
  if (opt.dry_run) {
    print_plan(plan, collection);
    return {};
  }
  refuse_half_gone(opt, plan);
  const std::optional<UpdateRecord> last = read_record(opt.paths.vectors);
  if (!opt.model.arguments().empty() && !(last && last->model == record.model))
    check_model(opt.paths, collection, extract_run(opt, record, &collection));
  if (!collection.ledger.archives.empty() && has_other_rules(opt, record)) {
    // Before the record says so: whatever happens, all are listed again.
    for (ReadArchive& archive : collection.ledger.archives) archive.facts = {};
    write_collection(opt.paths, collection, false);
  }
  if (keep_record(opt, record, lock)) {
    // Another update may have come in between.
    collection = open_collection(opt.paths);
    return bring_up_to_date(opt, record, lock, collection);
  }
  ExtractRun run = extract_run(opt, record, &collection);
  // The index has to know which of its deletions end now.
  if (!plan.back.empty()) settle_deletions(opt.paths, collection, run);
  if (!plan.empty() || !plan.refreshed.empty() || !plan.forgotten.empty() ||
      collection.ledger.has_other_names) {
    const bool renamed = enter(plan, collection);
    write_collection(opt.paths, collection, renamed);
  }
  if (plan.has_more()) {
    extract_more(opt.paths, with_rows(collection, plan), run);
    collection = open_collection(opt.paths);
  }
  // Last: they are not read again only once all that came of them is entered.
  if (!same_archives(collection.ledger.archives, listing.archives)) {
    collection.ledger.archives = listing.archives;
    write_collection(opt.paths, collection, false);
  }
  const bool anew =
      opt.compact && leave_out_gone(opt, record, run, lock, collection);
  // Without a word where there is nothing to do, as mostly.
  run.quiet = run.quiet || (plan.empty() && !anew);
  follow_with_index(opt.paths, collection, anew, run);
  note_index_followed(opt, record, lock);
  return {plan.added.size(), plan.changed.size(), plan.gone.size(),
          plan.moved.size(), plan.back.size()};
}

/// What a killed run has left half done. A collection that was being begun is
/// begun again, which goes on from the rows that are there.
bool recover(const UpdateOptions& opt, const UpdateRecord& record) {
  const std::string vectors = follow_links(opt.paths.vectors);
  if (!file_exists(commit_mark_path(vectors))) return file_exists(vectors);
  if (opt.dry_run)
    fail("{}: an earlier run has not finished: run update without --dry-run",
         opt.paths.vectors);
  if (finish_compacting(opt.paths)) return true;
  if (!is_regular_file(vectors) || !file_exists(sidecar_path(vectors)))
    return false;
  const Names images = list_files(opt, record, nullptr);
  ExtractRun run = {record.model, options_of(record), opt.plan.threads,
                    opt.quiet};
  if (run.model.empty())
    if (const auto sidecar = read_sidecar(vectors))
      add_recorded_model(sidecar->model, run.model);
  extract_more(opt.paths, images, run);
  return true;
}

/// From a collection that is there, was left half done, or is not there yet to
/// one that is in step.
Summary follow(const UpdateOptions& opt, const UpdateRecord& record,
               std::optional<FileLock>& lock, Collection& collection) {
  if (recover(opt, record)) {
    collection = open_collection(opt.paths);
    const auto last = read_record(opt.paths.vectors);
    check_index(opt.paths, &collection, last && last->index_is_behind);
    return bring_up_to_date(opt, record, lock, collection);
  }
  check_index(opt.paths, nullptr, false);
  if (!opt.dry_run) return begin_collection(opt, record, lock, collection);
  const Listing listing = list_images(opt, record, nullptr);
  Plan plan;
  for (std::size_t i = 0; i < listing.images.size(); ++i)
    if (std::string name(listing.images[i]); listing.damaged.count(name) == 0)
      plan.added.push_back(std::move(name));
  print_plan(plan, collection);
  return {};
}

int run(UpdateOptions opt) {
  const Stopwatch watch;
  catch_interrupts();
  opt.check();
  const UpdateRecord record = decide_record(opt);
  std::optional<FileLock> lock;
  if (!opt.dry_run) lock.emplace(lock_collection(opt.paths.vectors, opt.quiet));
  Collection collection;
  Summary done;
  try {
    done = follow(opt, record, lock, collection);
  } catch (const Error&) {
    if (!opt.dry_run) remove_empty_record(opt.paths.vectors);
    throw;
  }
  if (!opt.dry_run) print_summary(opt, done, collection, watch.seconds());
  return cli::kDone;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Bring vectors and index in step with the images."};
  UpdateOptions opt;
  opt.add_to(app);
  return cli::run(app, argc, argv, [&] { return run(opt); });
}
