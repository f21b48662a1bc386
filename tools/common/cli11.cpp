// Two things that CLI11 would do otherwise: help is laid out under headings, in
// two columns that say what to type, and whole numbers are decimal. Both work
// on the options that are registered, whatever they are, so that no tool has to
// think of either.
#include "common/cli11.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <sstream>

namespace imsearch::cli {
namespace {

// Options take the left column; what does not fit there gets a line of its own.
constexpr std::size_t kTextColumn = 26;
constexpr std::size_t kWidth = 80;

/// The headings, by Group.
constexpr std::array kHeadings = {"Often used",     "What to look for",
                                  "Images",         "Input",
                                  "Output",         "Changing an index",
                                  "Building",       "Loading",
                                  "Search",         "Judging",
                                  "Other models",   "Large collections",
                                  "Search service", "For other programs",
                                  "General"};

/// What to type, not how it is checked: "UINT:UINT in [1 - 9]" -> "N". A text
/// is a file unless its type_name() says otherwise.
std::string value_name(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  std::string name = type.substr(0, type.find(':'));
  if (name == "UINT" || name == "INT") return "N";
  if (name == "FLOAT") return "X";
  if (name == "TEXT") return "FILE";
  return name;
}

/// `text` broken at spaces, lines after the first indented to the column.
std::string wrapped(const std::string& text) {
  std::istringstream words(text);
  std::string out;
  std::size_t column = kTextColumn;
  for (std::string word; words >> word;) {
    if (!out.empty() && column + 1 + word.size() > kWidth) {
      out += "\n" + std::string(kTextColumn, ' ');
      column = kTextColumn;
    } else if (!out.empty()) {
      out += " ";
      ++column;
    }
    out += word;
    column += word.size();
  }
  return out;
}

/// Of a tool that was started as `name`, such as "imsearch bench extract" for
/// the command extract of bench: "imsearch help bench", or "man imsearch-bench"
/// where the tools are called by their own names.
std::string how_to_open_manual(const CLI::App* app) {
  while (app->get_parent() != nullptr) app = app->get_parent();
  const std::string name = app->get_name();
  const std::string installed = "imsearch-";
  if (name.compare(0, installed.size(), installed) == 0) return "man " + name;
  return "imsearch help " + name.substr(name.rfind(' ') + 1);
}

class HelpFormatter : public CLI::Formatter {
 public:
  HelpFormatter() { column_width(kTextColumn); }  // of subcommands

  std::string make_help(const CLI::App* app, std::string name,
                        CLI::AppFormatMode mode) const override {
    std::string text = make_description(app) + make_usage(app, name) +
                       make_positionals(app) + listed_options(app) +
                       make_subcommands(app, mode);
    std::istringstream examples(app->get_footer());
    text += "\nExamples:\n";
    for (std::string line; std::getline(examples, line);)
      text += "  " + name + (line.empty() ? "" : " ") + line + "\n";
    return text + "\nManual: " + how_to_open_manual(app) + "\n";
  }

  std::string listed_options(const CLI::App* app) const {
    std::string text;
    for (const char* heading : kHeadings) {
      const auto options = app->get_options([&](const CLI::Option* option) {
        return option->get_group() == heading && option->nonpositional();
      });
      if (!options.empty()) text += make_group(heading, false, options);
    }
    return text;
  }

  std::string make_option(const CLI::Option* option,
                          bool is_positional) const override {
    std::string left = "  " + make_option_name(option, is_positional);
    // "--distinct{auto}" is CLI11's way to say what a flag alone means.
    if (const auto brace = left.find('{'); brace != std::string::npos)
      left.erase(brace);
    if (const auto comma = left.find(",--"); comma != std::string::npos)
      left.insert(comma + 1, " ");
    if (option->get_type_size() != 0 && !is_positional)
      left += " " + value_name(*option);
    const bool several = option->get_expected_max() > 1;
    if (several && is_positional) left += " ...";
    std::string text = option->get_description();
    if (several && !is_positional) text += " (repeatable)";
    if (!option->get_default_str().empty())
      text += " (default: " + option->get_default_str() + ")";
    if (left.size() + 2 > kTextColumn)
      left += "\n" + std::string(kTextColumn, ' ');
    else
      left.resize(kTextColumn, ' ');
    return left + wrapped(text) + "\n";
  }
};

/// CLI11's name of the type that the option fills, before its checks.
bool holds_whole_number(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  const std::string name = type.substr(0, type.find(':'));
  return name == "UINT" || name == "INT";
}

/// Takes the zeros away that C reads as "octal". A sign stays.
void drop_leading_zeros(std::string& text) {
  const std::size_t digits = text.find_first_not_of("+-");
  if (digits == std::string::npos) return;
  const std::size_t last = text.size() - 1;
  const std::size_t kept = std::min(text.find_first_not_of('0', digits), last);
  text.erase(digits, kept - digits);
}

/// CLI11 takes a number beyond 64 bits for the greatest.
bool is_too_great(const std::string& text) {
  const std::size_t digits = text.find_first_not_of("+-");
  if (digits == std::string::npos) return false;
  std::uint64_t value = 0;
  const auto result =
      std::from_chars(text.data() + digits, text.data() + text.size(), value);
  return result.ec == std::errc::result_out_of_range;
}

std::string make_decimal(std::string& text) {
  if (!is_decimal(text)) return text + " is not a decimal number";
  if (is_too_great(text))
    return text + " is more than " + std::to_string(UINT64_MAX);
  drop_leading_zeros(text);
  return "";
}

}  // namespace

void put_under(CLI::App& app, Group group,
               std::initializer_list<const char*> options) {
  for (const char* option : options)
    app.get_option(option)->group(
        kHeadings.at(static_cast<std::size_t>(group)));
}

void add_examples(CLI::App& app, std::initializer_list<const char*> lines) {
  std::string text;
  for (const char* line : lines) text += std::string(line) + "\n";
  app.footer(text);
}

void put_rest_under_general(CLI::App& app) {
  for (CLI::Option* option : app.get_options())
    if (option->nonpositional() && option->get_group() == "Options")
      option->group(kHeadings.back());
  for (CLI::App* command : app.get_subcommands(nullptr))
    put_rest_under_general(*command);
}

std::shared_ptr<CLI::FormatterBase> help_formatter() {
  return std::make_shared<HelpFormatter>();
}

bool is_decimal(const std::string& text) {
  // strtol() and strtod() pass over spaces and a sign before they look for 0x.
  const std::size_t digits =
      std::min(text.find_first_not_of("+- \t"), text.size());
  const std::string start = text.substr(digits, 2);
  return start != "0x" && start != "0X";
}

void read_decimal_numbers(CLI::App& app) {
  for (CLI::Option* option : app.get_options())
    if (holds_whole_number(*option))
      option->transform(CLI::Validator(make_decimal, ""));
  // nullptr: all of them, not those alone that the command line names.
  for (CLI::App* command : app.get_subcommands(nullptr))
    read_decimal_numbers(*command);
}

}  // namespace imsearch::cli
