// Completions of one tool: reads the words before the last as the parser would,
// but without a complaint, then lists the options that may still come, or the
// values of the option that waits for one.
#include "common/completion.h"

#include "common/options.h"

#include "base/error.h"
#include "io/input_sieve.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <filesystem>
#include <map>
#include <sstream>
#include <system_error>
#include <utility>

namespace imsearch::cli {
namespace {

ListNames list_names;

bool starts_with(const std::string& text, const std::string& start) {
  return text.compare(0, start.size(), start) == 0;
}

/// The option that `name` ("--ef", "-k") stands for, or nullptr.
const CLI::Option* option_of(const CLI::App& app, const std::string& name) {
  for (const CLI::Option* option : app.get_options())
    if (option->nonpositional() && option->check_name(name)) return option;
  return nullptr;
}

bool takes_value(const CLI::Option& option) {
  return option.get_expected_min() > 0;
}

/// What the words before the last say.
struct Line {
  const CLI::App* app;                   // the tool, or its subcommand
  const CLI::Option* waiting = nullptr;  // for its value
  bool only_arguments = false;           // -- came
  std::size_t arguments = 0;
  std::map<const CLI::Option*, std::string> given;  // with the latest values

  explicit Line(const CLI::App& tool) : app(&tool) {}

  void read(const std::string& word) {
    if (waiting != nullptr) {
      given[std::exchange(waiting, nullptr)] = word;
    } else if (only_arguments || word.empty() || word[0] != '-' ||
               word == "-") {
      read_argument(word);
    } else if (word == "--") {
      only_arguments = true;
    } else {
      read_option(word);
    }
  }

  void read_argument(const std::string& word) {
    for (const CLI::App* command : app->get_subcommands({}))
      if (arguments == 0 && command->check_name(word)) {
        app = command;
        return;
      }
    ++arguments;
  }

  void read_option(const std::string& word) {
    const std::size_t equals = word.find('=');
    const CLI::Option* option = option_of(*app, word.substr(0, equals));
    if (option == nullptr) return;
    given[option] = equals == std::string::npos ? "" : word.substr(equals + 1);
    if (equals == std::string::npos && takes_value(*option)) waiting = option;
  }

  /// Whether `option` can still be added to these.
  bool allows(const CLI::Option& option) const {
    if (given.count(&option) > 0) return option.get_expected_max() > 1;
    for (const auto& [other, value] : given)
      if (option.get_excludes().count(const_cast<CLI::Option*>(other)) > 0)
        return false;
    return true;
  }

  std::string index() const {
    const CLI::Option* option = option_of(*app, "--index");
    const auto found = given.find(option);
    return found == given.end() ? kDefaultIndex : found->second;
  }
};

class Answer {
 public:
  explicit Answer(std::string start) : start_(std::move(start)) {}

  void add(const std::string& candidate, const std::string& meaning) {
    if (starts_with(candidate, start_) &&
        candidate.find_first_of("\n\t") == std::string::npos)
      text_ += candidate + (meaning.empty() ? "" : "\t" + meaning) + "\n";
  }
  void add_files(const std::string& endings) {
    files_ = ":files" + (endings.empty() ? "" : " " + endings) + "\n";
  }
  const std::string& start() const { return start_; }
  std::string text() const { return text_ + files_; }

 private:
  std::string start_;
  std::string text_;
  std::string files_;
};

std::string joined_image_endings() {
  std::string text;
  for (const std::string_view ending : image_endings())
    text += (text.empty() ? "" : " ") + std::string(ending);
  return text;
}

/// The words in the first braces of `values`, which go from there.
std::vector<std::string> take_words(std::string& values) {
  std::vector<std::string> words;
  const std::size_t begin = values.find('{');
  const std::size_t end = values.find('}', begin);
  if (begin == std::string::npos || end == std::string::npos) return words;
  std::istringstream list(values.substr(begin + 1, end - begin - 1));
  for (std::string word; std::getline(list, word, ',');) words.push_back(word);
  const std::size_t behind = values.find_first_not_of(' ', end + 1);
  values = behind == std::string::npos ? "" : values.substr(behind);
  return words;
}

/// What applies of "VALUES|--option --other|OTHER VALUES": the last where one
/// of the options was given.
std::string values_after(const Line& line, const std::string& kinds) {
  const std::size_t first = kinds.find('|');
  if (first == std::string::npos) return kinds;
  const std::size_t second = kinds.find('|', first + 1);
  std::istringstream options(kinds.substr(first + 1, second - first - 1));
  for (std::string option; options >> option;)
    if (line.given.count(option_of(*line.app, option)) > 0)
      return kinds.substr(second + 1);
  return kinds.substr(0, first);
}

/// Whoever presses a key wants no complaint of an index that is not one.
std::vector<std::string> names_in(const std::string& index,
                                  const std::string& start) {
  if (!list_names) return {};
  try {
    return list_names(index, start);
  } catch (const Error&) {
    return {};
  }
}

/// Files such as "fvecs.bin.3-of-8" whose paths begin with `start`: their
/// endings are not those of a kind of files.
std::vector<std::string> shards_beside(const std::string& start) {
  const std::string folder = start.substr(0, start.rfind('/') + 1);
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  std::vector<std::string> paths;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(
           folder.empty() ? "." : folder, ignored)) {
    const std::string name = entry.path().filename().string();
    const std::size_t of = name.rfind("-of-");
    if (of != std::string::npos && name.find(".bin.") < of &&
        is_digit(name.back()))
      paths.push_back(folder + name);
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

/// `before` stands before the value in the same word: "--index=".
void add_values(const CLI::Option& option, const Line& line,
                const std::string& before, Answer& answer) {
  const std::string type = option.get_type_name();
  const std::size_t colon = type.find(':');
  std::string values = colon == std::string::npos
                           ? ""
                           : values_after(line, type.substr(colon + 1));
  for (const std::string& word : take_words(values))
    answer.add(before + word, "");
  const std::string start = answer.start().substr(before.size());
  if (values == kIndexNames)
    for (const std::string& name : names_in(line.index(), start))
      answer.add(before + name, "");
  if (values == kShardFiles) {
    for (const std::string& path : shards_beside(start))
      answer.add(before + path, "");
    values = kVectorFiles;
  }
  if (values == kImageFiles) return answer.add_files(joined_image_endings());
  const std::string name = type.substr(0, colon);
  if (name == "TEXT" || name.find("FILE") != std::string::npos)
    answer.add_files(values);
}

void add_options(const Line& line, Answer& answer) {
  for (const CLI::Option* option : line.app->get_options()) {
    if (!option->nonpositional() || !line.allows(*option)) continue;
    for (const std::string& name : option->get_lnames())
      answer.add("--" + name, option->get_description());
    for (const std::string& name : option->get_snames())
      answer.add("-" + name, option->get_description());
  }
}

/// The positional argument that stands in this place; the last may stand there
/// several times.
const CLI::Option* argument_at(const Line& line) {
  const CLI::Option* found = nullptr;
  std::size_t left = line.arguments;
  for (const CLI::Option* option : line.app->get_options()) {
    if (!option->get_positional()) continue;
    found = option;
    if (option->get_expected_max() > 1 || left-- == 0) return found;
    found = nullptr;
  }
  return found;
}

void add_arguments(const Line& line, Answer& answer) {
  if (line.arguments == 0)
    for (const CLI::App* command : line.app->get_subcommands({}))
      answer.add(command->get_name(), command->get_description());
  if (const CLI::Option* argument = argument_at(line))
    add_values(*argument, line, "", answer);
}

}  // namespace

void completes(CLI::App& app, std::initializer_list<const char*> options,
               const std::string& values) {
  for (const char* name : options) {
    CLI::Option* option = app.get_option(name);
    const std::string type = option->get_type_name();
    option->type_name(type.substr(0, type.find(':')) + ":" + values);
  }
}

void completes_after(CLI::App& app, const char* option,
                     std::initializer_list<const char*> others,
                     const std::string& values) {
  std::string text = "|";
  for (const char* other : others) {
    app.get_option(other);  // throws where there is none
    text += std::string(other) + " ";
  }
  CLI::Option* changed = app.get_option(option);
  changed->type_name(changed->get_type_name() + text + "|" + values);
}

void list_names_with(ListNames list) {
  list_names = std::move(list);
}

std::string completions(const CLI::App& app,
                        const std::vector<std::string>& words) {
  Line line(app);
  const std::string last = words.empty() ? "" : words.back();
  for (std::size_t i = 0; i + 1 < words.size(); ++i) line.read(words[i]);
  Answer answer(last);
  const std::size_t equals = last.find('=');
  if (line.waiting != nullptr) {
    add_values(*line.waiting, line, "", answer);
  } else if (line.only_arguments || !starts_with(last, "-")) {
    add_arguments(line, answer);
  } else if (equals == std::string::npos) {
    add_options(line, answer);
  } else if (const auto* option =
                 option_of(*line.app, last.substr(0, equals))) {
    add_values(*option, line, last.substr(0, equals + 1), answer);
  }
  return answer.text();
}

}  // namespace imsearch::cli
