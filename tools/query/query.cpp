// query: the images most similar to an image, a row, a name or a vector.
//
//   query photo.jpg -k 5
//
// Output, one line per neighbour, tab-separated: the query, the rank from 1,
// the similarity, the name. Manual: man/imsearch-query.1.
//
// Whatever is asked becomes a Question with a unit vector (questions.h,
// image_questions.h); the Answerer asks the index, the AnswerPrinter shows the
// answers. A question that has an error is printed in its place, so that others
// are answered all the same.
#include "common/cli.h"
#include "common/completion.h"
#include "common/index_options.h"
#include "common/index_remarks.h"
#include "common/name_patterns.h"
#include "common/names_list.h"
#include "common/progress_line.h"
#include "common/standard_streams.h"
#include "query/answer_printer.h"
#include "query/answerer.h"
#include "query/image_questions.h"
#include "query/inputs.h"
#include "query/operands.h"
#include "query/options.h"
#include "query/previews.h"
#include "query/questions.h"
#include "query/service.h"
#include "query/terminal.h"

#include "base/command.h"
#include "base/interrupt.h"
#include "base/progress.h"
#include "io/file.h"
#include "search/local_index.h"

#include <unistd.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace imsearch;

void ask_images_of_input(const QueryOptions& opt, ImageQuestions& images,
                         const Ask& ask) {
  const Separator separator = separator_of(opt.null);
  PathReader input(separator);
  ListCheck check("-", separator);
  std::size_t paths = 0;
  while (const auto path = input.next()) {
    ++paths;
    Question wrong;
    try {
      check.look_at(*path);
      if (!path->empty()) {
        images.ask_each({*path}, ask);
        continue;
      }
      wrong.error = fmt::format("standard input: {} {} is empty",
                                opt.null ? "name" : "line", paths);
    } catch (const NulInName& e) {
      // What comes behind the NUL may be all the rest of a long list.
      wrong.text = path->substr(0, path->find('\0'));
      wrong.error = e.what();
    }
    // An answer for each path: a program that asks one by one waits for it.
    ask({wrong});
  }
  check.finish();
}

/// In the order given; those on standard input where the - stands.
void ask_images(const QueryOptions& opt, ImageQuestions& images,
                const Ask& ask) {
  std::vector<std::string> named;
  for (const std::string& image : expand_images(opt.images, opt.quiet)) {
    if (image != "-") {
      named.push_back(image);
      continue;
    }
    images.ask_each(named, ask);
    named.clear();
    ask_images_of_input(opt, images, ask);
  }
  images.ask_each(named, ask);
}

/// Rows and names together, so that they share the threads.
void ask_rows(const QueryOptions& opt, SearchIndex& index, const Ask& ask) {
  std::vector<Question> questions;
  for (const std::size_t id : opt.ids)
    questions.push_back(question_of_row(index, id));
  for (const std::string& name : opt.likes)
    questions.push_back(question_of_name(index, name));
  ask(std::move(questions));
}

/// Each by its name, which says more than its number.
void ask_all(const QueryOptions& opt, SearchIndex& index, const Ask& ask) {
  if (!opt.all) return;
  constexpr std::size_t kTogether = 1024;
  std::vector<Question> questions;
  for (const std::uint32_t row :
       index.sample(std::numeric_limits<std::size_t>::max(), 0)) {
    questions.push_back(question_of_row(index, row));
    questions.back().number.reset();
    questions.back().text = questions.back().name;
    if (questions.size() == kTogether) ask(std::exchange(questions, {}));
  }
  if (!questions.empty()) ask(std::move(questions));
}

void ask_vectors(const QueryOptions& opt, const SearchIndex& index,
                 const Ask& ask) {
  if (opt.vectors.empty()) return;
  VectorQuestions vectors(index, opt.vectors);
  for (auto block = vectors.next(); !block.empty(); block = vectors.next())
    ask(std::move(block));
}

/// Makes the user's rules those of the index's names. Says which pattern
/// matches none, and where they leave nothing to find.
void apply_rules(const LocalIndex& opened, NameRules& rules) {
  const Index& index = opened.index();
  const std::string given = cli::text_of(rules);
  if (index.deleted_rows() < index.rows()) {
    const auto is_there = [&](std::uint32_t row) {
      return !index.is_deleted(row);
    };
    cli::count_matching("--only", rules.only, index, is_there);
    cli::count_matching("--not", rules.without, index, is_there);
  }
  rules = cli::as_names(index, rules);
  if (!rules.empty() && index.deleted_rows() < index.rows() &&
      opened.rows_passing(rules)->size() == 0)
    cli::say(fmt::format("{}: no name in {} is left: nothing can be found",
                         given, index.path()));
}

/// Opens the index file that -i names, and warns of what its answers will lack.
/// `rules`: the user's, which become those of the index's names.
std::unique_ptr<SearchIndex> open_local(const QueryOptions& opt,
                                        NameRules& rules) {
  auto opened = std::make_unique<LocalIndex>(opt.index);
  const Index& index = opened->index();
  cli::say_foreign_changes(index);
  // Exact search says by itself that it needs them.
  if (!opt.params.search.exact) cli::say_missing_vectors(index);
  if (index.deleted_rows() == index.rows())
    cli::say(
        index.rows() == 0
            ? fmt::format("{}: has no rows: nothing can be found", opt.index)
            : fmt::format("{}: all {} are marked as deleted: nothing can "
                          "be found; {} indexes them again",
                          opt.index, counted(index.rows(), "row"),
                          command("build-index --restore-deleted")));
  apply_rules(*opened, rules);
  if (index.rows_behind() > 0 && !opt.quiet)
    cli::say(fmt::format("{}: the vectors have {} more: {} adds them",
                         opt.index, counted(index.rows_behind(), "row"),
                         command("build-index --append")));
  return opened;
}

/// Names for the completion of --like, up to the next slash, as shells complete
/// paths. Looks at so many rows at most, so that no key press waits long.
std::vector<std::string> names_from(const std::string& path,
                                    const std::string& prefix) {
  constexpr std::uint32_t kMostRows = 2'000'000;
  constexpr std::size_t kMostNames = 1000;
  std::set<std::string> names;
  if (!is_regular_file(path)) return {};
  const Index index(path);
  for (std::uint32_t row = 0;
       row < std::min<std::size_t>(index.rows(), kMostRows) &&
       names.size() < kMostNames;
       ++row) {
    const std::string_view name = index.name(row);
    if (name.substr(0, prefix.size()) != prefix || index.is_deleted(row))
      continue;
    const std::size_t slash = name.find('/', prefix.size());
    names.emplace(slash == std::string_view::npos ? name
                                                  : name.substr(0, slash + 1));
  }
  return {names.begin(), names.end()};
}

/// Whether nothing is asked for but images of which none can be one: then
/// messages about an index or weights would only hide what is wrong.
std::vector<Question> wrong_inputs(const QueryOptions& opt) {
  if (!opt.ids.empty() || !opt.likes.empty() || !opt.vectors.empty() || opt.all)
    return {};
  std::vector<Question> wrong;
  for (const std::string& image : opt.images) {
    if (image == "-") return {};
    const std::vector<std::string> paths = expand_images({image}, true);
    const std::vector<Question> of_it = wrong_images(paths, true);
    if (of_it.size() < paths.size()) return {};
    wrong.insert(wrong.end(), of_it.begin(), of_it.end());
  }
  return wrong;
}

AnswerFormat format_of(const QueryOptions& opt, const SearchIndex& index) {
  AnswerFormat format;
  format.json = opt.json;
  format.names = opt.names;
  format.end = opt.null ? '\0' : '\n';
  format.exact = opt.params.search.exact;
  format.exact_similarities = index.has_exact_similarities();
  format.stream = opt.stream();
  format.sheet = opt.sheet;
  format.page = opt.page;
  format.quiet = opt.quiet;
  const bool terminal = ::isatty(STDOUT_FILENO) == 1;
  format.escape = terminal;
  if (opt.preview == "auto" && !terminal)
    cli::fail_usage("--preview: standard output is not a terminal");
  if (!opt.json && !opt.names && (terminal || !opt.preview.empty()))
    format.terminal = terminal_of_output();
  if (!opt.preview.empty()) format.preview = protocol_of_terminal(opt.preview);
  return format;
}

/// Everything that is asked, in the order of the manual.
void ask_everything(const QueryOptions& opt, SearchIndex& index,
                    const Ask& ask) {
  ImageQuestions images(
      index, {opt.weights, opt.model, opt.params.threads, opt.quiet});
  const Operands operands(opt.operands(), index, images);
  const Ask ask_sums = [&](std::vector<Question> questions) {
    for (Question& question : questions) operands.add_to(question);
    ask(std::move(questions));
  };
  if (opt.images.empty() && opt.ids.empty() && opt.likes.empty() &&
      opt.vectors.empty() && !opt.all)
    return ask({operands.alone()});
  ask_images(opt, images, ask_sums);
  ask_rows(opt, index, ask_sums);
  ask_all(opt, index, ask_sums);
  ask_vectors(opt, index, ask_sums);
}

int query(const QueryOptions& opt, char** argv) {
  opt.check();
  const std::vector<Question> wrong = wrong_inputs(opt);
  if (!wrong.empty()) {
    print_errors(wrong, opt.json);
    return cli::kFailed;
  }
  AnswerParams params = opt.params;
  const std::unique_ptr<SearchIndex> opened =
      opt.service.url.empty() ? open_local(opt, params.search.name_rules)
                              : open_at_service(opt, params.search, argv);
  // Only here: signal handlers do not survive the exec of query-service.
  catch_interrupts();
  SearchIndex& index = *opened;
  opt.check_outputs(index);
  params.distinct = opt.distinct_from(index.model());
  if (opt.ef_given() && !params.search.exact)
    cli::say_if_raised({params.search.ef}, params.search.k);
  Answerer answerer(index, params);
  AnswerPrinter results(index, format_of(opt, index));
  ask_everything(opt, index, [&](std::vector<Question> questions) {
    refuse_zeros(index, questions);
    // Answers follow each other fast, but where each image is compared.
    std::optional<cli::ProgressLine> line;
    if (params.search.exact)
      line.emplace("compares with every image", 0, opt.quiet);
    const std::vector<Answer> answers = answerer.answer(questions);
    line.reset();
    for (std::size_t i = 0; i < questions.size(); ++i)
      results.print(questions[i], answers[i]);
  });
  results.finish();
  return results.failed() ? cli::kFailed : cli::kDone;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Find the most similar images."};
  QueryOptions opt;
  opt.add_to(app);
  cli::list_names_with(names_from);
  return cli::run(app, argc, argv, [&] { return query(opt, argv); });
}
