// duplicates: groups of images that are the same picture, with the one to keep.
//
//   duplicates --keep largest
//
// Two images are duplicates when their bytes are the same, their features are
// very similar, or their hashes are near and their features do not speak
// against it. Every extra is a duplicate of the image to keep, directly, and
// nothing is deleted here. Manual: man/imsearch-duplicates.1.
#include "common/cli.h"
#include "common/progress_line.h"
#include "duplicates/choice.h"
#include "duplicates/extras.h"
#include "duplicates/files.h"
#include "duplicates/finder.h"
#include "duplicates/library.h"
#include "duplicates/options.h"
#include "duplicates/page.h"
#include "duplicates/preference.h"
#include "duplicates/report.h"

#include "base/command.h"
#include "base/interrupt.h"
#include "base/progress.h"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace imsearch;

void say_what_is_missing(const DuplicatesOptions& opt, const Library& library) {
  const Index& index = library.index;
  if (index.rows_behind() > 0)
    cli::say(fmt::format("{}: the vectors have {} more: {} adds them",
                         index.path(), counted(index.rows_behind(), "row"),
                         command("build-index --append")));
  const bool outdated = index.vectors() == nullptr;
  if (!library.why_no_ledger.empty()) {
    cli::say(fmt::format(
        "{}: images are compared by their features alone{}",
        library.why_no_ledger,
        outdated ? ": " + command("build-index") + " indexes them anew" : ""));
    if (opt.keep_order() == Keep::kLargest)
      cli::say(
          "--keep largest goes by bytes: without a ledger it is not known how "
          "many pixels images have");
  } else if (library.hashed == 0 && index.rows() > 0) {
    cli::say(
        fmt::format("{}: the ledger has no hashes: images are compared by "
                    "their features alone; {} anew adds them",
                    index.path(), command("extract")));
  }
  if (!library.paths.any_there() && index.rows() > 0)
    cli::say(
        "no name is that of a file, seen from the folder of the vectors or "
        "from this one: whether images are still there is not checked");
}

/// The best to keep first. An order that reads files is made for those rows
/// alone that have a duplicate.
void put_in_order(const DuplicatesOptions& opt, const Library& library,
                  DuplicateParams params, DuplicateCandidates& candidates) {
  if (needs_files(opt.keep_order(), library)) {
    cli::ProgressLine progress("images compared", candidates.rows.size(),
                               opt.quiet);
    params.on_progress = progress.callback();
    candidates.rows = rows_with_duplicates(library.index, candidates, params);
  }
  sort_by_preference(library, opt.keep_order(), candidates.rows);
}

std::string are(std::size_t count, const std::string& noun) {
  return counted(count, noun) + " " + is_or_are(count);
}

std::string have(std::size_t count, const std::string& noun) {
  return counted(count, noun) + (count == 1 ? " has" : " have");
}

void say_what_to_look_at(const DuplicatesOptions& opt, const Extras& extras,
                         std::size_t several) {
  if (opt.extras && extras.similar > 0)
    cli::say(are(extras.similar, "extra") +
             " similar and no more: look at such groups before you delete; "
             "--threshold 1 leaves them out");
  if (several > 0)
    cli::say(counted(several, "extra") + (several == 1 ? " holds" : " hold") +
             " more pictures than the one that was compared: left out");
}

void say_left_out(const FileCheck& files, const Extras& extras) {
  if (files.missing() > 0)
    cli::say(fmt::format("{} not there any more, and left out: {} marks them",
                         are(files.missing(), "image"), command("update")));
  if (files.changed() > 0)
    cli::say(
        fmt::format("{} changed since, and left out: {} extracts them again",
                    have(files.changed(), "image"), command("update")));
  if (files.newer() > 0)
    cli::say(
        fmt::format("{} newer than the index or its vectors, and left out: no "
                    "ledger tells whether the picture is another one",
                    are(files.newer(), "image")));
  if (files.same() > 0)
    cli::say(fmt::format("{} of a file that is another image's: left out",
                         counted(files.same(), "further name")));
  if (extras.kept_in_archives > 0)
    cli::say(extras.kept_in_archives == 1
                 ? "1 image to keep is in an archive"
                 : fmt::format("{} images to keep are in archives",
                               grouped(extras.kept_in_archives)));
  if (extras.in_archives > 0)
    cli::say(extras.in_archives == 1
                 ? "1 further extra is in an archive, and not counted: no name "
                   "deletes it"
                 : fmt::format("{} further extras are in archives, and not "
                               "counted: no name deletes them",
                               grouped(extras.in_archives)));
}

void print(const DuplicatesOptions& opt, const Library& library,
           const std::vector<DuplicateGroup>& groups) {
  if (opt.extras)
    print_extras(library, groups, opt.null ? '\0' : '\n');
  else if (opt.json)
    print_objects(library, groups);
  else
    print_lines(library, groups);
}

/// Said always: who deletes the extras then has less of these pictures.
void warn_of_larger(const DuplicatesOptions& opt, const Extras& extras) {
  if (extras.larger_than_kept == 0) return;
  const bool other_order = opt.keep_order() != Keep::kLargest;
  cli::say(fmt::format(
      "{} more pixels than the image that is kept instead{}",
      have(extras.larger_than_kept, "extra"),
      other_order && opt.references.empty() ? ": see --keep largest" : ""));
}

DuplicateCandidates candidates_of(const DuplicatesOptions& opt,
                                  const Library& library, FileCheck& files) {
  DuplicateCandidates candidates;
  candidates.rows = rows_looked_at(opt, library);
  candidates.marks = marks_of(library);
  candidates.references = references(opt, library);
  if (!candidates.references.empty())
    files.keep(candidates.references, candidates.marks, candidates.rows);
  candidates.compared = opt.folders();
  if (candidates.compared != DuplicateCandidates::Folders::kAny)
    candidates.folders = folders_of(library);
  candidates.is_usable = [&files](std::uint32_t row) {
    return files.is_usable(row);
  };
  return candidates;
}

int duplicates(const DuplicatesOptions& opt) {
  opt.check();
  catch_interrupts();
  const Library library = open_library(opt.index);
  check_page(library, opt.page);
  DuplicateParams params;
  params.thresholds = opt.thresholds(library.index.info().model);
  params.threads = opt.threads;
  if (!opt.quiet) say_what_is_missing(opt, library);

  FileCheck files(library);
  DuplicateCandidates candidates = candidates_of(opt, library, files);
  put_in_order(opt, library, params, candidates);

  std::vector<DuplicateGroup> groups;
  {
    cli::ProgressLine progress("images grouped", candidates.rows.size(),
                               opt.quiet);
    params.on_progress = progress.callback();
    groups = find_duplicates(library.index, candidates, params);
  }
  const std::size_t several = leave_out_several_pictures(library, groups);
  sort_groups(library, groups);
  print(opt, library, groups);
  if (!opt.page.empty()) write_page(library, groups, opt.page, opt.quiet);
  const Extras extras = extras_of(library, groups);
  warn_of_larger(opt, extras);
  if (opt.quiet) return cli::kDone;
  say_what_to_look_at(opt, extras, several);
  say_left_out(files, extras);
  cli::say(summary(groups.size(), extras));
  return cli::kDone;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Find groups of duplicate images, and the one to keep of each."};
  DuplicatesOptions opt;
  opt.add_to(app);
  return cli::run(app, argc, argv, [&] { return duplicates(opt); });
}
