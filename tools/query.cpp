// query: the images most similar to an image, a row, a name or a vector.
//
//   query photo.jpg -k 5
//
// Output, one line per neighbour, tab-separated: the query, the rank from 1,
// the similarity, the name. Manual: man/imsearch-query.1.
#include "answerer.h"
#include "cli.h"
#include "image_questions.h"
#include "open_index.h"
#include "options.h"
#include "path_reader.h"
#include "questions.h"
#include "results.h"
#include "sheet_rows.h"

#include "base/interrupt.h"

#include <algorithm>

namespace {

using namespace imsearch;

constexpr std::size_t kMaxRow = 0xFFFFFFFF;  // what a row number can hold

struct Options {
  std::vector<std::string> images;
  std::vector<std::size_t> ids;
  std::vector<std::string> likes;
  std::string vectors;
  std::string index = cli::kDefaultIndex;
  std::string sheet;
  AnswerParams params;
  std::string weights;
  std::string model;
  bool json = false;
  bool null = false;
  bool quiet = false;

  void add_to(CLI::App& app) {
    app.add_option("images", images,
                   "Images to look for; -: paths on standard input");
    app.add_option("--id", ids, "Row of the index to look for, from 0")
        ->allow_extra_args(false)
        ->check(CLI::Range(std::size_t{0}, kMaxRow));
    app.add_option("--like", likes, "Name in the index to look for")
        ->type_name("NAME")
        ->allow_extra_args(false);
    app.add_option("--vectors", vectors,
                   "Vectors to look for; -: raw floats on standard input");
    cli::add_index(app, index);
    cli::add_search(app, params.search);
    app.add_option("--threshold", params.threshold,
                   "Leave out neighbours of a lower similarity")
        ->check(cli::between(-1, 1));
    app.add_flag("--exact", params.exact, "Miss no neighbour");
    app.add_option("--sheet", sheet, "Draw the answers to this JPEG");
    app.add_option("--weights", weights,
                   "Weights for images: demo, keras, torchvision or a file "
                   "(default: those that the index records)")
        ->type_name("NAME|FILE");
    app.add_option("--model", model,
                   "For images: the TorchScript file that the index records")
        ->excludes("--weights");
    cli::add_json(app, json);
    cli::add_null(app, null);
    cli::add_threads(app, params.threads);
    cli::add_quiet(app, quiet);
  }

  bool images_from_input() const {
    return std::find(images.begin(), images.end(), "-") != images.end();
  }
  bool stream() const { return images_from_input() || vectors == "-"; }

  /// The sheet replaces nothing that is read.
  void keep_inputs(const Index& opened) const {
    std::vector<std::string> inputs = files_of(opened);
    inputs.insert(inputs.end(), images.begin(), images.end());
    inputs.insert(inputs.end(), {vectors, weights, model});
    cli::keep_inputs(sheet, inputs);
  }

  void check() const {
    if (images.empty() && ids.empty() && likes.empty() && vectors.empty())
      cli::fail_usage(
          "nothing to look for: an image, --id, --like or --vectors");
    if (images_from_input() && vectors == "-")
      cli::fail_usage("standard input has either paths (-) or --vectors -");
    if (null && !images_from_input())
      cli::fail_usage("-0 is for paths on standard input (-)");
    if (images.empty() && !(weights.empty() && model.empty()))
      cli::fail_usage("--weights and --model are for images: there is none");
    if (sheet == "-")
      cli::fail_usage("--sheet -: standard output is for the answers");
  }
};

using Ask = std::function<void(const std::vector<Question>&)>;

void ask_images(const Options& opt, const Index& index, const Ask& ask) {
  ImageQuestions images(index, {opt.weights, opt.model, opt.params.threads});
  const auto ask_one = [&](const Question& question) { ask({question}); };
  std::vector<std::string> named;
  for (const std::string& image : opt.images) {
    if (image != "-") {
      named.push_back(image);
      continue;
    }
    images.ask_each(named, ask_one);
    named.clear();
    PathReader input(opt.null ? Separator::kNul : Separator::kNewline);
    while (const auto path = input.next()) images.ask_each({*path}, ask_one);
  }
  images.ask_each(named, ask_one);
}

void ask_rows(const Options& opt, const Index& index, const Ask& ask) {
  std::vector<Question> questions;
  for (const std::size_t id : opt.ids)
    questions.push_back(question_of_row(index, id));
  for (const std::string& name : opt.likes)
    questions.push_back(question_of_name(index, name));
  ask(questions);
}

void ask_vectors(const Options& opt, const Index& index, const Ask& ask) {
  if (opt.vectors.empty()) return;
  VectorQuestions vectors(index, opt.vectors);
  for (auto block = vectors.next(); !block.empty(); block = vectors.next())
    ask(block);
}

int query(const Options& opt) {
  opt.check();
  catch_interrupts();
  const Index index = open_index(opt.index);
  if (!opt.sheet.empty()) opt.keep_inputs(index);
  if (index.vectors() == nullptr)
    cli::complain(index.why_no_vectors() + ": similarities are approximate");
  if (index.rows_behind() > 0 && !opt.quiet)
    cli::complain(fmt::format(
        "{}: the vectors have {} rows more: build-index --append adds them",
        opt.index, grouped(index.rows_behind())));
  Answerer answerer(index, opt.params);
  Results results(index, {opt.json, opt.params.exact, opt.stream()});
  std::vector<SheetRow> sheet;
  const Ask ask = [&](const std::vector<Question>& questions) {
    const std::vector<Hits> answers = answerer.answer(questions);
    for (std::size_t i = 0; i < questions.size(); ++i) {
      results.print(questions[i], answers[i]);
      if (!opt.sheet.empty() && questions[i].error.empty())
        sheet.push_back(sheet_row(index, questions[i], answers[i]));
    }
  };
  ask_images(opt, index, ask);
  ask_rows(opt, index, ask);
  ask_vectors(opt, index, ask);
  if (!opt.quiet) say_missing(sheet);
  if (!sheet.empty()) write_sheet(sheet, opt.sheet);
  return results.failed() ? cli::kFailed : cli::kDone;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Find the most similar images."};
  Options opt;
  opt.add_to(app);
  return cli::run(app, argc, argv, [&] { return query(opt); });
}
