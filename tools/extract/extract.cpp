// extract: images to feature vectors.
//
// This file has the command line and what in it does not go together; what is
// then done is in one of the modes (modes.h).
//
//   extract 'photos/**/*.jpg'
//
// Writes fvecs.bin (rows x dim float32, not normalised), fnames.txt (line i
// names row i) and fvecs.bin.json (which network). A bad image is reported,
// left out of both and listed in fnames.txt.bad.tsv. Manual:
// man/imsearch-extract.1.
#include "common/cli.h"
#include "common/completion.h"
#include "common/file_names.h"
#include "common/options.h"
#include "extract/model.h"
#include "extract/modes.h"

#include "base/interrupt.h"
#include "io/file.h"

#include <CLI/CLI.hpp>

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <initializer_list>
#include <string>

namespace {

using namespace imsearch;

/// Whether parts can lie beside it: not beside a pipe or a device.
bool can_be_resumed(const std::string& path) {
  return path != "-" && (!file_exists(path) || is_regular_file(path));
}

/// Checks a SHA-256 as sidecars have it.
CLI::Validator sha256_digits() {
  const auto check = [](const std::string& text) -> std::string {
    const bool hex =
        text.find_first_not_of("0123456789abcdef") == std::string::npos;
    if (hex && text.size() == 64) return "";
    return fmt::format("{} is not 64 of the digits 0-9 and a-f", text);
  };
  return CLI::Validator(check, "");
}

struct Options {
  ExtractJob job;
  ModelOptions model;
  bool serve = false;
  bool network = false;
  bool join = false;
  CLI::Option* output = nullptr;
  CLI::Option* names = nullptr;

  void add_to(CLI::App& app) {
    app.add_option("inputs", job.inputs,
                   "Images, folders of images, and quoted patterns; -: paths "
                   "on standard input; with --join, files of vectors");
    app.add_option("--files-from", job.files_from,
                   "Also the images that FILE (-: standard input) names")
        ->type_name("FILE");
    const auto files_null = [this](const std::string& path) {
      job.files_from = path;
      job.files_null = true;
    };
    app.add_option_function<std::string>(
           "--files0-from", files_null,
           "As --files-from, of names that end with NUL, with or without -0")
        ->type_name("FILE")
        ->excludes("--files-from");
    cli::add_null(app, job.null);
    add_rules(app);
    add_outputs(app);
    model.add_to(app);
    app.add_option("--model-sha256", model.sha256,
                   "The SHA-256 that the file of --model or --weights must "
                   "have; where it has not, weights that do are looked for")
        ->type_name("HEX")
        ->check(sha256_digits());
    cli::add_threads(app, job.threads);
    app.add_flag("--strict", job.strict, "Stop at the first bad image");
    cli::add_quiet(app, job.quiet);
    app.add_flag("--json", job.json, "A summary as JSON on standard output");
    CLI::Option* serving =
        app.add_flag("--serve", serve,
                     "Answer paths on standard input (imsearch-formats.5)");
    for (const char* name :
         {"--files-from", "--files0-from", "--null", "--exclude", "--all",
          "--output", "--names", "--strict", "--json"})
      serving->excludes(app.get_option(name));
    app.add_flag("--time-network", network,
                 "Time the network alone on some of the images, write nothing")
        ->excludes("--serve")
        ->excludes("--output")
        ->excludes("--names");
    add_long_runs(app);
    add_older_files(app);
    group(app);
  }

  /// How --help shows them.
  static void group(CLI::App& app) {
    using cli::Group;
    cli::put_under(app, Group::kOften, {"--weights", "--append", "--resume"});
    cli::put_under(app, Group::kImages,
                   {"--files-from", "--files0-from", "--null", "--exclude",
                    "--all", "--strict"});
    cli::put_under(app, Group::kOutput,
                   {"--output", "--names", "--force", "--json"});
    cli::put_under(app, Group::kParts,
                   {"--shard", "--join", "--resume-or-restart"});
    cli::put_under(app, Group::kPrograms, {"--serve", "--time-network"});
    cli::put_under(app, Group::kModels, {"--model-sha256"});
    cli::completes(app, {"inputs"}, cli::kImageFiles);
    cli::completes_after(app, "inputs", {"--join"}, cli::kShardFiles);
    cli::completes(app, {"--files-from", "--files0-from", "--names"},
                   cli::kNamesFiles);
    cli::completes(app, {"--output"}, "bin");
    cli::add_examples(app,
                      {"~/Pictures", "--append ~/Pictures --exclude drafts"});
  }

  /// What is about vectors that are there.
  void add_older_files(CLI::App& app) {
    CLI::Option* append = app.add_flag(
        "--append", job.append,
        "Add the images that are not there yet to vectors and names that are");
    exclude(append, app, {"--serve", "--time-network", "--shard"});
    CLI::Option* force =
        app.add_flag("--force", job.force,
                     "Also replace vectors that an index was built from, the "
                     "names of other vectors, and files that are neither");
    exclude(force, app, {"--serve", "--time-network", "--append"});
    CLI::Option* joining = app.add_flag(
        "--join", join,
        "Join vectors that --shard made, and what belongs to them, into one "
        "file");
    exclude(joining, app,
            {"--files-from",   "--files0-from", "--weights",
             "--model",        "--input-size",  "--resize",
             "--resize-to",    "--mean",        "--std",
             "--model-sha256", "--exif",        "--engine",
             "--device",       "--batch",       "--threads",
             "--strict",       "--json",        "--serve",
             "--time-network", "--resume",      "--resume-or-restart",
             "--shard",        "--append"});
  }

  static void exclude(CLI::Option* option, CLI::App& app,
                      std::initializer_list<const char*> others) {
    for (const char* other : others) option->excludes(app.get_option(other));
  }

  void add_rules(CLI::App& app) {
    app.add_option("--exclude", job.rules.exclude,
                   "Leave out files and folders of this name, or path if it "
                   "has a slash, that folders and patterns give")
        ->type_name("GLOB")
        ->allow_extra_args(false);
    app.add_flag("--all", job.rules.all,
                 "Also names that start with a dot, and folders of thumbnails "
                 "and trash, which are left aside");
  }

  void add_outputs(CLI::App& app) {
    output = app.add_option("-o,--output", job.vectors,
                            "Vectors (-: standard output)")
                 ->capture_default_str()
                 ->type_name("FILE");
    names = app.add_option("-n,--names", job.names_path,
                           "Names (-: standard output)")
                ->capture_default_str()
                ->type_name("FILE");
  }

  void add_long_runs(CLI::App& app) {
    const auto restart = [this](std::int64_t) {
      job.resume = job.restart = true;
    };
    app.add_flag("--resume-or-restart", restart,
                 "As --resume, or anew where the earlier run was another")
        ->excludes("--serve")
        ->excludes("--time-network");
    app.add_flag("--resume", job.resume,
                 "Go on from what an interrupted run has done")
        ->excludes("--serve")
        ->excludes("--time-network");
    const auto parse = [this](const std::string& text) {
      job.shard = parse_shard(text);
      if (!job.shard)
        cli::fail_usage("--shard {}: not I/N with I from 1 to N, at most {}",
                        text, kMaxShards);
    };
    app.add_option_function<std::string>(
           "--shard", parse,
           "Only block I (from 1) of N equal ones of the images; default names "
           "end with .I-of-N")
        ->type_name("I/N")
        ->excludes("--serve");
  }

  /// Shards run at once or one after the other must not share their files.
  void name_shard() {
    if (!job.shard) return;
    if (output->empty()) job.vectors += job.shard->suffix();
    if (names->empty()) job.names_path += job.shard->suffix();
  }

  void check_standard_input() const {
    const auto dashes = std::count(job.inputs.begin(), job.inputs.end(), "-") +
                        (job.files_from == "-" ? 1 : 0);
    if (join && dashes > 0)
      cli::fail_usage("--join takes the names of files, not standard input");
    if (dashes > 1)
      cli::fail_usage("- is there {} times: standard input is read once",
                      dashes);
  }

  /// Throws UsageError for what CLI11 cannot see: options that depend on what
  /// others are, and on the files that they name.
  void check() const {
    const bool rows_to_stdout = serve || job.vectors == "-";
    if (rows_to_stdout && ::isatty(STDOUT_FILENO) == 1)
      cli::fail_usage(
          "standard output is a terminal, which vectors would "
          "garble: redirect it, or name a file with -o");
    if (serve && !job.inputs.empty())
      cli::fail_usage("--serve takes its images from standard input alone");
    if (serve) return;
    if (job.inputs.empty() && job.files_from.empty())
      cli::fail_usage(
          join ? "no files of vectors: give those of all shards, in order"
               : "no images: give files, folders or quoted patterns, or "
                 "--files-from");
    check_standard_input();
    // build-index takes a file of vectors for what its name says.
    cli::check_output_name("-o", job.vectors, "a file of raw floats", {"bin"});
    if (job.vectors == job.names_path)
      cli::fail_usage("-o and -n are both {}", job.vectors);
    keep_vectors_and_names_apart(job.vectors, job.names_path);
    for (const std::string& path : {job.vectors, job.names_path}) {
      if (can_be_resumed(path)) continue;
      if (job.resume)
        cli::fail_usage("--resume needs files to go on with: {} is not one",
                        path);
      if (job.append || join)
        cli::fail_usage("--{} needs files to write: {} is not one",
                        join ? "join" : "append", path);
    }
    if (job.json && (job.vectors == "-" || job.names_path == "-"))
      cli::fail_usage("--json and - both want standard output");
  }
};

int join(const Options& options) {
  options.check();
  catch_interrupts();
  return join_vectors(options.job);
}

/// What to say where the tool of that engine is not installed.
std::string if_missing(EngineKind engine, const Options& options) {
  if (engine == EngineKind::kOnednn)
    return "extract is not installed beside extract-torch";
  const char* wanted = !options.model.model.empty() ? "--model"
                       : options.model.on_cuda()    ? "--device cuda"
                                                    : "--engine torch";
  return fmt::format(
      "{} runs on libtorch, by extract-torch, which is not installed: install "
      "the package imsearch-torch or, where imsearch is built from its source, "
      "libtorch-dev, and build again",
      wanted);
}

int extract(Options& options, char** argv) {
  if (options.join) return join(options);
  options.model.check();
  const EngineKind engine = engine_for(options.model);
  // Before anything is opened or written: the sibling starts from the
  // beginning.
  if (engine != kLinkedEngine)
    cli::become_sibling(tool_of(engine), argv, if_missing(engine, options));
  options.name_shard();
  options.check();
  // Without handlers: a signal ends it at once, as there is nothing to save.
  if (options.serve) return serve(options.model, options.job.threads);
  catch_interrupts();
  return options.network ? time_network(options.job, options.model)
                         : run_extract(options.job, options.model);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Turn images into feature vectors.", "extract"};
  Options options;
  options.add_to(app);
  return cli::run(app, argc, argv, [&] { return extract(options, argv); });
}
