// build-index: vectors and names to one index file.
//
//   build-index fvecs.bin -n fnames.txt
//
// writes fvecs.bin.hnsw.index: graph, compressed vectors and names, opened by
// query in milliseconds. Manual: man/imsearch-build-index.1.
//
// One command does four things, which exclude each other: build (the default),
// --append and --delete (change.h), and --verify. What they share is that the
// index is written under another name and renamed at the end, so that query
// never sees half of one.
#include "build_index/change.h"
#include "build_index/inputs.h"
#include "build_index/older_index.h"
#include "common/cli.h"
#include "common/completion.h"
#include "common/file_names.h"
#include "common/index_options.h"
#include "common/names_list.h"
#include "common/options.h"
#include "common/progress_line.h"
#include "common/standard_streams.h"

#include "base/command.h"
#include "base/interrupt.h"
#include "base/progress.h"
#include "base/stopwatch.h"
#include "index/build.h"
#include "index/estimate.h"
#include "index/hnswlib_file.h"
#include "index/index.h"
#include "index/reduction_fit.h"
#include "io/file.h"
#include "io/input_sieve.h"
#include "io/text.h"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace imsearch;

struct Options {
  std::vector<std::string> files;
  std::vector<std::string> names;
  std::string output;
  std::size_t dim = 0;
  HnswParams params;
  std::string format = "imsearch";
  unsigned threads = 0;
  bool null = false;
  bool quiet = false;
  bool verify = false;
  bool append = false;
  bool restore_deleted = false;
  std::string deleted_names;

  void add_to(CLI::App& app) {
    app.add_option("vectors", files,
                   "Files of vectors, one after the other (default: "
                   "fvecs.bin); with --verify, index files; with --delete, "
                   "an index file");
    app.add_option("-n,--names", names,
                   "File of names, one for each file of vectors (default: "
                   "fnames.txt for fvecs.bin, and so on)")
        ->allow_extra_args(false);
    app.add_option("-o,--output", output,
                   "Index file (default: the first file of vectors with "
                   ".hnsw.index)");
    cli::add_dim(app, dim);
    cli::add_hnsw(app, params);
    cli::add_seed(app, params.seed);
    cli::add_threads(app, threads);
    app.add_option("--format", format,
                   "imsearch; or hnswlib, for a program that reads its files")
        ->type_name("FORMAT")
        ->check(cli::one_of({"imsearch", "hnswlib"}))
        ->capture_default_str();
    cli::add_null(app, null);
    cli::add_quiet(app, quiet);
    add_others(app);
    group(app);
  }

  /// How --help shows them.
  static void group(CLI::App& app) {
    using cli::Group;
    cli::put_under(app, Group::kOften, {"--names", "--output", "--append"});
    cli::put_under(app, Group::kInput, {"--dim", "--null"});
    cli::put_under(app, Group::kOutput, {"--format"});
    cli::put_under(app, Group::kChanges,
                   {"--delete", "--restore-deleted", "--verify"});
    cli::put_under(app, Group::kBuilding,
                   {"-M", "--ef-construction", "--seed"});
    cli::completes(app, {"vectors"}, cli::kVectorFiles);
    cli::completes_after(app, "vectors", {"--delete", "--verify"},
                         cli::kIndexFiles);
    cli::completes(app, {"--names", "--delete"}, cli::kNamesFiles);
    cli::completes(app, {"--output"}, cli::kIndexFiles);
    cli::add_examples(app, {"", "--append"});
  }

  /// What changes or checks an index instead of building one, with the options
  /// that this leaves nothing to do; and --restore-deleted, for one that is
  /// replaced.
  void add_others(CLI::App& app) {
    CLI::Option* add = app.add_flag(
        "--append", append,
        "Add to the index the rows that vectors and names have grown by");
    exclude(app, add, {"-M", "--ef-construction", "--seed", "--format"});
    CLI::Option* restore = app.add_flag(
        "--restore-deleted", restore_deleted,
        "Index again what was deleted from the index that is replaced");
    exclude(app, restore, {"--format", "--append"});
    CLI::Option* erase =
        app.add_option("--delete", deleted_names,
                       "Mark the images as deleted whose names are in this "
                       "file; -: standard input")
            ->check(CLI::Validator(
                [](const std::string& file) -> std::string {
                  return file.empty() ? "no file is named" : "";
                },
                ""));
    exclude(
        app, erase,
        {"--names", "--output", "--dim", "-M", "--ef-construction", "--seed",
         "--format", "--threads", "--append", "--restore-deleted"});
    CLI::Option* check = app.add_flag(
        "--verify", verify, "Check every sum of finished indexes, and stop");
    exclude(app, check,
            {"--names", "--output", "--dim", "-M", "--ef-construction",
             "--seed", "--format", "--threads", "--null", "--append",
             "--restore-deleted", "--delete"});
  }

  static void exclude(CLI::App& app, CLI::Option* option,
                      std::initializer_list<const char*> others) {
    for (const char* other : others) option->excludes(app.get_option(other));
  }
};

/// All that is read, so that the output replaces none of it.
std::vector<std::string> input_files(const Options& opt) {
  std::vector<std::string> inputs = opt.files;
  inputs.insert(inputs.end(), opt.names.begin(), opt.names.end());
  for (const std::string& path : opt.files)
    inputs.push_back(sidecar_path(path));
  return inputs;
}

std::string output_of(const Options& opt) {
  if (!opt.output.empty()) return opt.output;
  return opt.files[0] +
         (opt.format == "hnswlib" ? ".hnswlib" : cli::kIndexSuffix);
}

/// Builds anew. Announces its needs once the projection is fitted, which
/// decides how large the short codes are.
int build(const Options& opt, const IndexInputs& inputs) {
  const std::string output = output_of(opt);
  const IndexFormat format =
      opt.format == "hnswlib" ? IndexFormat::kHnswlib : IndexFormat::kImsearch;
  const Stopwatch watch;
  std::optional<cli::ProgressLine> line;
  line.emplace("looks for deleted rows in the older index", 0, opt.quiet);
  // What is gone is so in every format; only an index of our own that is
  // replaced has other deletions to keep.
  const std::vector<std::uint32_t> deleted =
      format == IndexFormat::kHnswlib || opt.restore_deleted
          ? inputs.gone
          : deletions_to_keep(output, inputs, opt.quiet);
  if (format == IndexFormat::kImsearch) say_dropped_files(output, inputs);
  line.emplace("fits the reduction", 0, opt.quiet);
  const Reduction reduction = fit_reduction(inputs.vectors, opt.threads);
  const BuildNeeds needs =
      estimate_build(inputs.vectors, inputs.names, opt.params, reduction.view(),
                     opt.threads, format, takes_disk(output));
  announce_build(inputs.vectors, needs, output, opt.quiet);
  line.emplace("inserted", inputs.vectors.rows(), opt.quiet);
  build_index(inputs.vectors, inputs.names, inputs.model, opt.params, reduction,
              opt.threads, output, line->callback(), format, deleted,
              inputs.gone);
  line.reset();
  if (!opt.quiet)
    cli::say(fmt::format("{}: {}{}, {}, {}", output,
                         counted(inputs.vectors.rows(), "row"),
                         deleted_text(deleted.size()), describe(inputs.model),
                         human_duration(watch.seconds())));
  return cli::kDone;
}

/// Throws UsageError where a new index would replace what is none, neither one
/// of ours nor one of hnswlib.
void keep_other_than_index(const std::string& path) {
  if (!cli::is_filled_file(path) || is_index(path) || is_hnswlib_file(path))
    return;
  cli::fail_usage(
      "-o {}: this file is there, and is not an index: choose another name, or "
      "remove it",
      path);
}

int build_or_append(Options opt) {
  for (const std::string& path : opt.files) {
    if (is_index(path))
      cli::fail_usage(
          "{}: an index already: give the vectors to build one from, or check "
          "it with --verify",
          path);
    if (is_directory(path))
      cli::fail_usage("{}: a folder: {} makes vectors of the images in it",
                      path, command("extract"));
    // Vectors may be called so, but then -n says where their names are.
    const std::vector<std::string_view> images = image_endings();
    if (opt.names.empty() && file_exists(path) &&
        std::find(images.begin(), images.end(), ending_of(path)) !=
            images.end())
      cli::fail_usage("{}: an image: {} makes vectors of images", path,
                      command("extract"));
  }
  if (opt.names.empty())
    for (const std::string& path : opt.files)
      opt.names.push_back(names_beside(path));
  // The index goes where nothing is read from, by whatever name, and where
  // extract keeps nothing.
  cli::refuse_to_overwrite(output_of(opt), input_files(opt));
  for (const std::string& path : opt.files)
    keep_apart(output_of(opt), files_of_vectors(path));
  for (const std::string& path : opt.names)
    keep_apart(output_of(opt), files_of_names(path));
  if (!opt.append) keep_other_than_index(output_of(opt));
  std::optional<cli::ProgressLine> line;
  line.emplace("reads the names and looks at the vectors", 0, opt.quiet);
  const IndexInputs inputs =
      open_index_inputs(opt.files, opt.names, opt.dim, separator_of(opt.null));
  line.reset();
  if (!opt.append) return build(opt, inputs);
  append_rows(output_of(opt), inputs, opt.threads, opt.quiet);
  return cli::kDone;
}

int erase(const Options& opt) {
  if (opt.files.size() > 1)
    cli::fail_usage("--delete changes one index, not {}", opt.files.size());
  const Separator separator = separator_of(opt.null);
  std::optional<cli::ProgressLine> line;
  line.emplace("reads the names", 0, opt.quiet);
  const Names names = read_list(opt.deleted_names, separator);
  line.reset();
  return delete_rows(opt.files[0], names, separator, opt.quiet) ? cli::kDone
                                                                : cli::kFailed;
}

/// All vectors that the index was built from, where they are. Vectors that are
/// elsewhere are not a defect of the index, so only a message says it.
void verify_vectors(const Index& index) {
  if (index.vectors() != nullptr) return index.check_rows();
  for (const std::string& file : index.source_paths())
    if (file_exists(file))
      fail("{}: build the index again, or put the old vectors back",
           index.why_no_vectors());
  cli::say(index.why_no_vectors() + ": the index alone is checked");
}

/// A tab-separated line on standard output for an index that is good.
void verify(const std::string& path, bool quiet) {
  const Index index(path);
  {
    const cli::ProgressLine line("checks " + path, 0, quiet);
    index.verify();
    if (const std::string text = index.foreign_changes(); !text.empty())
      throw Error(text);
    verify_vectors(index);
  }
  print(fmt::format("{}\tgood\t{} rows of {} floats{}\tM {}\t{}\n",
                    escape_field(path), index.rows(), index.dim(),
                    deleted_text(index.deleted_rows()), index.info().params.M,
                    escape_field(describe(index.info().model))));
}

/// All of them, whatever the first are.
int verify_all(const std::vector<std::string>& paths, bool quiet) {
  int status = cli::kDone;
  for (const std::string& path : paths) {
    try {
      verify(path, quiet);
    } catch (const Interrupted&) {
      throw;  // an Error, too, but not of this index
    } catch (const Error& e) {
      cli::say(e.what());
      status = cli::kFailed;
    }
  }
  return status;
}

int run(Options opt) {
  catch_interrupts();
  // These two take an index as argument, the others vectors.
  const bool of_index = opt.verify || !opt.deleted_names.empty();
  if (opt.files.empty())
    opt.files = {of_index ? cli::kDefaultIndex : cli::kDefaultVectors};
  if (opt.verify) return verify_all(opt.files, opt.quiet);
  return of_index ? erase(opt) : build_or_append(std::move(opt));
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Build an index of vectors, for query."};
  Options opt;
  opt.add_to(app);
  return cli::run(app, argc, argv, [&] { return run(opt); });
}
