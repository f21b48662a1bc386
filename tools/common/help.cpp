#include "common/help.h"

#include <CLI/CLI.hpp>

#include <sstream>
#include <string>

namespace imsearch::cli {
namespace {

constexpr std::size_t kTextColumn = 26;
constexpr std::size_t kWidth = 80;

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

class HelpFormatter : public CLI::Formatter {
 public:
  std::string make_option(const CLI::Option* option,
                          bool is_positional) const override {
    std::string left = "  " + make_option_name(option, is_positional);
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

}  // namespace

std::shared_ptr<CLI::FormatterBase> help_formatter() {
  return std::make_shared<HelpFormatter>();
}

}  // namespace imsearch::cli
