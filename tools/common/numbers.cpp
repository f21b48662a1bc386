#include "common/numbers.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace imsearch::cli {
namespace {

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

bool is_decimal(const std::string& text) {
  return text.find_first_of("xX") == std::string::npos;
}

void read_decimal_numbers(CLI::App& app) {
  for (CLI::Option* option : app.get_options())
    if (holds_whole_number(*option))
      option->transform(CLI::Validator(make_decimal, ""));
  for (CLI::App* command : app.get_subcommands(nullptr))
    read_decimal_numbers(*command);
}

}  // namespace imsearch::cli
