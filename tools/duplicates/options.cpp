#include "duplicates/options.h"

#include "common/cli.h"
#include "common/completion.h"
#include "common/file_names.h"

#include <CLI/CLI.hpp>

#include <array>
#include <utility>

namespace imsearch {
namespace {

constexpr std::array<std::pair<const char*, Keep>, 5> kKeeps = {{
    {"first", Keep::kFirst},
    {"largest", Keep::kLargest},
    {"oldest", Keep::kOldest},
    {"newest", Keep::kNewest},
    {"shortest-name", Keep::kShortestName},
}};

std::vector<std::string> keep_names() {
  std::vector<std::string> names;
  for (const auto& each : kKeeps) names.emplace_back(each.first);
  return names;
}

void add_globs(CLI::App& app, const std::string& name,
               std::vector<std::string>& globs, const std::string& text) {
  app.add_option(name, globs, text)->type_name("GLOB")->allow_extra_args(false);
}

}  // namespace

void DuplicatesOptions::add_to(CLI::App& app) {
  cli::add_index(app, index);
  app.add_option("--threshold", threshold,
                 "Similarity from which on two images are duplicates (default: "
                 "what was measured for the network)")
      ->check(cli::between(0, 1));
  app.add_flag("--loose", loose,
               "Find more, at the price of some that are none");
  app.add_flag("--strict", strict, "Find fewer, of which more is sure")
      ->excludes("--loose");
  app.add_option("--keep", keep,
                 "Which image of a group to keep: first (by name), largest, "
                 "oldest, newest or shortest-name")
      ->capture_default_str()
      ->check(CLI::IsMember(keep_names()))
      ->type_name("WHICH");
  add_globs(app, "--reference", references,
            "Keep all images of this name or folder, and show only groups "
            "around them");
  add_globs(app, "--only", only,
            "Look only at images of this name or folder, or path if it has a "
            "slash");
  add_globs(app, "--not", without, "Do not look at those");
  app.add_flag("--within-folder", within_folder,
               "Only duplicates in one folder");
  app.add_flag("--across-folders", across_folders,
               "Only duplicates in different folders")
      ->excludes("--within-folder");
  app.add_flag("--extras", extras,
               "Print the names of all but the images to keep, and nothing "
               "else");
  app.add_option("--html", page,
                 "Write a page on which to look at the groups and to choose "
                 "what to keep");
  cli::add_json(app, json);
  cli::add_null(app, null);
  cli::add_threads(app, threads);
  cli::add_quiet(app, quiet);
  using cli::Group;
  cli::put_under(app, Group::kOften,
                 {"--index", "--keep", "--extras", "--html", "--reference"});
  cli::put_under(app, Group::kInput,
                 {"--only", "--not", "--within-folder", "--across-folders"});
  cli::put_under(app, Group::kJudging, {"--threshold", "--loose", "--strict"});
  cli::put_under(app, Group::kOutput, {"--json", "--null"});
  cli::completes(app, {"--html"}, cli::kPageFiles);
  cli::add_examples(app, {"", "--extras -0 --keep largest | xargs -0 -r rm",
                          "--reference library"});
}

void DuplicatesOptions::check() const {
  if (extras && json)
    cli::fail_usage("--extras prints names alone: leave out --json");
  if (null && !extras)
    cli::fail_usage("--null goes with --extras: lines have several fields");
  if (page == "-")
    cli::fail_usage("--html -: standard output is for the groups");
  cli::check_output_name("--html", page, "a page", {"html", "htm"});
  if (threshold && (loose || strict))
    cli::fail_usage("--threshold says how similar: leave out {}",
                    loose ? "--loose" : "--strict");
}

Keep DuplicatesOptions::keep_order() const {
  for (const auto& [name, value] : kKeeps)
    if (keep == name) return value;
  return Keep::kFirst;
}

DuplicateCandidates::Folders DuplicatesOptions::folders() const {
  using Folders = DuplicateCandidates::Folders;
  if (within_folder) return Folders::kWithin;
  return across_folders ? Folders::kAcross : Folders::kAny;
}

DuplicateThresholds DuplicatesOptions::thresholds(
    const ModelIdentity& model) const {
  const Strictness strictness = loose    ? Strictness::kLoose
                                : strict ? Strictness::kStrict
                                         : Strictness::kDefault;
  std::optional<DuplicateThresholds> known =
      known_thresholds(model, strictness);
  if (threshold) {
    if (!known) return thresholds_from(*threshold);
    known->similarity = *threshold;
    known->agreed_bits = -1;  // no image that is less similar is shown as such
  }
  if (!known)
    cli::fail_usage(
        "{}: {}: no threshold was measured for this network: give one with "
        "--threshold; scripts/check/duplicates.sh finds it on photos of yours",
        index, describe(model));
  return *known;
}

}  // namespace imsearch
