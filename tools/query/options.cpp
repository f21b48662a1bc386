// query's command line: the options by what they ask about, and what in them
// does not go together.
#include "query/options.h"

#include "common/cli.h"
#include "common/completion.h"
#include "common/file_names.h"
#include "common/index_options.h"

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
  app.add_option("--sheet", sheet, "Draw the answers to this JPEG");
  add_models_to(app);
  add_service_to(app);
  cli::add_json(app, json);
  cli::add_null(app, null);
  cli::add_threads(app, params.threads);
  cli::add_quiet(app, quiet);
  group(app);
}

void QueryOptions::group(CLI::App& app) {
  using cli::Group;
  cli::put_under(app, Group::kOften,
                 {"--top", "--sheet", "--threshold", "--only", "--not",
                  "--index", "--weights"});
  cli::put_under(app, Group::kQuestions,
                 {"--id", "--like", "--vectors", "--null"});
  cli::put_under(app, Group::kOutput, {"--json"});
  cli::put_under(app, Group::kSearch,
                 {"--ef", "--rerank-codes", "--rerank", "--exact"});
  cli::put_under(app, Group::kModels, {"--model"});
  cli::put_under(app, Group::kService, {"--filter"});
  cli::completes(app, {"images"}, cli::kImageFiles);
  cli::completes(app, {"--like"}, cli::kIndexNames);
  cli::completes(app, {"--vectors"}, cli::kVectorFiles);
  cli::completes(app, {"--sheet"}, cli::kSheetFiles);
  cli::completes(app, {"--weights"}, cli::kWeightsFiles);
  cli::completes(app, {"--model"}, cli::kModelFiles);
  cli::add_examples(app, {"photo.jpg -k 5 --sheet answers.jpg", "--id 0"});
}

void QueryOptions::add_questions_to(CLI::App& app) {
  app.add_option("images", images,
                 "Images to look for; -: paths on standard input");
  app.add_option("--id", ids, "Row of the index to look for, from 0")
      ->allow_extra_args(false)
      ->check(cli::whole(0, kMaxRow));
  app.add_option("--like", likes, "Name in the index to look for")
      ->type_name("NAME")
      ->allow_extra_args(false);
  app.add_option("--vectors", vectors,
                 "Vectors to look for; -, or a pipe: raw floats");
}

void QueryOptions::add_models_to(CLI::App& app) {
  app.add_option("--weights", weights,
                 "Weights for images: demo, keras, torchvision or a file "
                 "(default: those that the index records)")
      ->type_name("NAME|FILE");
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
  if (images.empty() && ids.empty() && likes.empty() && vectors.empty())
    cli::fail_usage("nothing to look for: an image, --id, --like or --vectors");
  if (images_from_input() && vectors == "-")
    cli::fail_usage("standard input has either paths (-) or --vectors -");
  if (null && !images_from_input())
    cli::fail_usage("-0 is for paths on standard input (-)");
  if (images.empty() && !(weights.empty() && model.empty()))
    cli::fail_usage("--weights and --model are for images, and none is given");
  if (sheet == "-")
    cli::fail_usage("--sheet -: standard output is for the answers");
  cli::check_output_name("--sheet", sheet, "a JPEG",
                         {"jpg", "jpeg", "jpe", "jfif"});
  if (!service.url.empty()) check_service();
}

void QueryOptions::check_service() const {
  const SearchParams& search = params.search;
  check_service_limits(search.k, search.ef, !ids.empty() || !likes.empty());
  const std::string& filter = params.search.filter;
  // The service would answer with a parser's error of its own.
  if (!filter.empty() && !parse_json_or_discard<Json>(filter).is_object())
    cli::fail_usage("--filter {}: not a JSON object", filter);
}

void QueryOptions::check_sheet(const SearchIndex& opened) const {
  std::vector<std::string> inputs = opened.files();
  inputs.insert(inputs.end(), images.begin(), images.end());
  inputs.insert(inputs.end(), {vectors, weights, model});
  cli::refuse_to_overwrite(sheet, inputs);
  for (const std::string& file : opened.files())
    keep_apart(sheet, files_of_vectors(file));
  const std::string folder = sheet.substr(0, sheet.rfind('/') + 1);
  if (!folder.empty() && !is_directory(folder))
    fail("--sheet {}: there is no folder {}", sheet, folder);
}

}  // namespace imsearch
