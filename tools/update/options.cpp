// What update is told: which images, where their files are, and what to do
// about those that are gone.
#include "update/options.h"

#include "common/cli.h"
#include "common/completion.h"
#include "common/names_list.h"

#include <CLI/CLI.hpp>

namespace imsearch {

void UpdateOptions::add_to(CLI::App& app) {
  app.add_option("inputs", record.inputs,
                 "All images of the collection: files, folders and quoted "
                 "patterns (default: those of the last time)");
  app.add_option("--exclude", record.exclude,
                 "Leave out files and folders of this name, or path if it "
                 "has a slash")
      ->type_name("GLOB")
      ->allow_extra_args(false);
  app.add_flag("--all", record.all,
               "Also names that start with a dot, and folders of thumbnails "
               "and trash, which are left aside");
  add_steps_to(app);
  app.add_option("-o,--output", paths.vectors, "Vectors")
      ->capture_default_str()
      ->type_name("FILE");
  app.add_option("-n,--names", paths.names, "Names")
      ->capture_default_str()
      ->type_name("FILE");
  app.add_option("-i,--index", paths.index,
                 "Index file (default: the vectors' with .hnsw.index)")
      ->type_name("FILE");
  model.add_to(app);
  cli::add_null(app, null);
  cli::add_threads(app, plan.threads);
  app.add_flag("--json", json, "A summary as JSON on standard output");
  cli::add_quiet(app, quiet);
  group(app);
}

void UpdateOptions::add_steps_to(CLI::App& app) {
  app.add_flag("--dry-run", dry_run,
               "Print what has changed, a line each, and change nothing");
  app.add_flag("--checksum", plan.checksum,
               "Compare the content of files, whatever their size and time");
  app.add_flag("--retry", plan.retry,
               "Try again images that could not be read and have not changed");
  app.add_flag("--compact", compact,
               "Then write all files without the rows of images that are "
               "gone");
  app.add_flag("--allow-empty", allow_empty,
               "Take a folder or pattern without images for one whose images "
               "are gone");
  app.add_flag("--force", force,
               "Also where more than half of the images are gone");
}

void UpdateOptions::group(CLI::App& app) {
  using cli::Group;
  cli::put_under(app, Group::kOften, {"--dry-run", "--weights", "--exclude"});
  cli::put_under(
      app, Group::kImages,
      {"--all", "--checksum", "--retry", "--allow-empty", "--force"});
  cli::put_under(
      app, Group::kOutput,
      {"--output", "--names", "--index", "--null", "--compact", "--json"});
  cli::completes(app, {"inputs"}, cli::kImageFiles);
  cli::completes(app, {"--output"}, "bin");
  cli::completes(app, {"--names"}, cli::kNamesFiles);
  cli::completes(app, {"--index"}, cli::kIndexFiles);
  cli::add_examples(app, {"~/Pictures", "--dry-run"});
}

void UpdateOptions::check() {
  model.check();
  for (const std::string& input : record.inputs)
    if (input == "-")
      cli::fail_usage(
          "-: a later update looks for the images again, which standard "
          "input cannot repeat: give files, folders or quoted patterns");
  if (dry_run && (compact || json))
    cli::fail_usage("--dry-run prints lines and changes nothing: leave out {}",
                    compact ? "--compact" : "--json");
  paths.separator = separator_of(null);
  plan.separator = paths.separator;
  if (paths.index.empty()) paths.index = paths.vectors + cli::kIndexSuffix;
}

}  // namespace imsearch
