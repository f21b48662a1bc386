// query's command line: the options by what they ask about, and what in them
// does not go together.
#include "query/options.h"

#include "common/cli.h"
#include "common/completion.h"
#include "common/file_names.h"
#include "common/index_options.h"

#include "base/error.h"
#include "duplicates/thresholds.h"
#include "io/file.h"
#include "io/json.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace imsearch {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxRow = 0xFFFFFFFF;  // what a row number can hold

}  // namespace

void QueryOptions::add_to(CLI::App& app) {
  add_questions_to(app);
  cli::add_index(app, index);
  cli::add_name_rules(app, params.search.name_rules);
  cli::add_search(app, params.search);
  ef_option_ = app.get_option("--ef");
  app.add_option("--threshold", params.threshold,
                 "Show only neighbours that are at least so similar: 1 is the "
                 "same, 0 has nothing in common")
      ->check(cli::between(-1, 1));
  app.add_flag(
      "--exact", params.search.exact,
      "Compare with every image, so that none of the nearest is missed: "
      "slower, and needs the vectors");
  app.add_flag(
      "--distinct{auto}", distinct,
      "Leave out duplicates of answers: what is at least as similar to "
      "one above it; --distinct=0.95 says how similar");
  app.add_flag("--self", params.self,
               "Leave an image of the index among its own answers");
  add_outputs_to(app);
  add_models_to(app);
  add_service_to(app);
  cli::add_null(app, null);
  cli::add_threads(app, params.threads);
  cli::add_quiet(app, quiet);
  group(app);
}

void QueryOptions::group(CLI::App& app) {
  using cli::Group;
  cli::put_under(app, Group::kOften,
                 {"--top", "--only", "--not", "--distinct", "--html", "--sheet",
                  "--threshold", "--index", "--weights"});
  cli::put_under(
      app, Group::kQuestions,
      {"--plus", "--minus", "--id", "--like", "--all", "--vectors", "--self"});
  cli::put_under(app, Group::kOutput,
                 {"--names", "--preview", "--json", "--null"});
  cli::put_under(app, Group::kSearch,
                 {"--ef", "--rerank-codes", "--rerank", "--exact"});
  cli::put_under(app, Group::kModels, {"--model"});
  cli::put_under(app, Group::kService, {"--filter"});
  cli::completes(app, {"images"}, cli::kImageFiles);
  cli::completes(app, {"--like"}, cli::kIndexNames);
  cli::completes(app, {"--plus", "--minus"}, cli::kImageFiles);
  cli::completes(app, {"--html"}, cli::kPageFiles);
  cli::completes(app, {"--vectors"}, cli::kVectorFiles);
  cli::completes(app, {"--sheet"}, cli::kSheetFiles);
  cli::completes(app, {"--weights"}, cli::kWeightsFiles);
  cli::completes(app, {"--model"}, cli::kModelFiles);
  cli::add_examples(app, {"photo.jpg -k 5", "photos/ --html answers.html"});
}

void QueryOptions::add_questions_to(CLI::App& app) {
  app.add_option("images", images,
                 "Images to look for, folders of them, and patterns; -: paths "
                 "on standard input");
  const auto add = [&](const char* option, std::vector<std::string>& operands,
                       const char* help) {
    app.add_option(option, operands, help)
        ->type_name("IMAGE")
        ->allow_extra_args(false);
  };
  add("--plus", plus,
      "Add an image to what is looked for, or 0.5:IMAGE with that weight");
  add("--minus", minus, "Take an image away from it, in the same way");
  app.add_flag("--all", all, "Look for each image of the index");
  app.add_option("--id", ids, "Row of the index to look for, from 0")
      ->allow_extra_args(false)
      ->check(cli::whole(0, kMaxRow));
  app.add_option("--like", likes, "Name in the index to look for")
      ->type_name("NAME")
      ->allow_extra_args(false);
  app.add_option("--vectors", vectors,
                 "Vectors to look for; -, or a pipe: raw floats");
}

void QueryOptions::add_outputs_to(CLI::App& app) {
  const auto known = [](const std::string& protocol) {
    const bool is_one = protocol == "auto" || protocol == "kitty" ||
                        protocol == "iterm2" || protocol == "sixel";
    return is_one ? "" : protocol + " is none of kitty, iterm2 and sixel";
  };
  app.add_option("--html", page, "Write the answers to this page");
  app.add_option("--sheet", sheet, "Draw the answers to this JPEG or PNG");
  app.add_flag("-l,--names", names, "Print the names found, and nothing else");
  app.add_flag("--preview{auto}", preview,
               "Show small pictures, on terminals that can; --preview=kitty, "
               "iterm2 or sixel says how")
      ->check(known);
  cli::add_json(app, json);
}

void QueryOptions::add_models_to(CLI::App& app) {
  app.add_option("--weights", weights,
                 "Weights for images: demo, keras, torchvision or a file "
                 "(default: those that the index records)")
      ->type_name("NAME|FILE")
      ->check(cli::weights_name());
  app.add_option(
         "--model", model,
         "For images: the TorchScript file that the index records (default: "
         "where it was)")
      ->excludes("--weights");
}

void QueryOptions::add_service_to(CLI::App& app) {
  add_service(app, service, {"--index", "--rerank-codes", "--rerank"});
  app.add_option("--filter", params.search.filter,
                 "With --url: look only among what this query clause matches")
      ->type_name("JSON")
      ->needs("--url");
}

bool QueryOptions::ef_given() const {
  return ef_option_->count() > 0;
}

bool QueryOptions::images_from_input() const {
  return std::find(images.begin(), images.end(), "-") != images.end();
}

// In the order in which a user would notice: first what is asked, then how.
void QueryOptions::check() const {
  if (images.empty() && ids.empty() && likes.empty() && vectors.empty() &&
      plus.empty() && minus.empty() && !all)
    cli::fail_usage("nothing to look for: an image, --id, --like or --vectors");
  if (images_from_input() && vectors == "-")
    cli::fail_usage("standard input has either paths (-) or --vectors -");
  if (null && !images_from_input() && !names)
    cli::fail_usage("-0 is for paths on standard input (-), and for --names");
  if (names && json)
    cli::fail_usage("--names prints names alone: leave out --json");
  if (!preview.empty() && (names || json))
    cli::fail_usage("--preview is for people: leave out {}",
                    names ? "--names" : "--json");
  operands();
  if (images.empty() && plus.empty() && minus.empty() &&
      !(weights.empty() && model.empty()))
    cli::fail_usage("--weights and --model are for images, and none is given");
  if (sheet == "-")
    cli::fail_usage("--sheet -: standard output is for the answers");
  cli::check_output_name("--sheet", sheet, "a JPEG or PNG",
                         {"jpg", "jpeg", "jpe", "jfif", "png"});
  if (page == "-")
    cli::fail_usage("--html -: standard output is for the answers");
  cli::check_output_name("--html", page, "a page", {"html", "htm"});
  if (!service.url.empty()) check_service();
}

void QueryOptions::check_service() const {
  const SearchParams& search = params.search;
  check_service_limits(search.k, search.ef,
                       !params.self && (!ids.empty() || !likes.empty()));
  const std::string& filter = params.search.filter;
  // The service would answer with a parser's error of its own.
  if (!filter.empty() && !parse_json_or_discard<Json>(filter).is_object())
    cli::fail_usage("--filter {}: not a JSON object", filter);
}

void QueryOptions::check_outputs(const SearchIndex& opened) const {
  check_output(opened, "--sheet", sheet);
  check_output(opened, "--html", page);
  cli::keep_unmarked("--sheet", sheet, "a sheet");
  cli::keep_unmarked("--html", page, "a page");
  if (!sheet.empty() && !page.empty() && same_place(sheet, page))
    cli::fail_usage("--sheet and --html would both write {}", page);
}

std::vector<Operand> QueryOptions::operands() const {
  std::vector<Operand> parsed;
  try {
    for (const std::string& text : plus)
      parsed.push_back(Operand::parse(text, false));
    for (const std::string& text : minus)
      parsed.push_back(Operand::parse(text, true));
  } catch (const Error& e) {
    cli::fail_usage("--plus, --minus: {}", e.what());
  }
  return parsed;
}

std::optional<float> QueryOptions::distinct_from(
    const ModelIdentity& made_by) const {
  if (distinct.empty()) return std::nullopt;
  if (distinct != "auto") {
    const std::string wrong = cli::between(-1, 1)(distinct);
    if (!wrong.empty()) cli::fail_usage("--distinct={}: {}", distinct, wrong);
    return std::stof(distinct);
  }
  const auto known = known_thresholds(made_by, Strictness::kDefault);
  if (!known)
    cli::fail_usage(
        "--distinct: from which similarity on images are duplicates is not "
        "known for {}: --distinct=0.98 says it",
        describe(made_by));
  return known->similarity;
}

void QueryOptions::check_output(const SearchIndex& opened, const char* option,
                                const std::string& path) const {
  if (path.empty()) return;
  std::vector<std::string> inputs = opened.files();
  inputs.insert(inputs.end(), images.begin(), images.end());
  inputs.insert(inputs.end(), {vectors, weights, model});
  cli::refuse_to_overwrite(path, inputs);
  for (const std::string& file : opened.files())
    keep_apart(path, files_of_vectors(file));
  const std::string folder = path.substr(0, path.rfind('/') + 1);
  if (!folder.empty() && !is_directory(folder))
    fail("{} {}: there is no folder {}", option, path, folder);
}

}  // namespace imsearch
