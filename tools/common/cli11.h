// CLI11's classes by name, and what every tool changes in it: how --help looks,
// and how numbers are read. CLI11's own header takes five seconds to compile,
// so only the sources that register options include that.
#pragma once

#include <memory>
#include <string>

namespace CLI {
class App;
class FormatterBase;
class Option;
class Validator;
}  // namespace CLI

namespace imsearch::cli {

/// The look of --help: one aligned column of options, wrapped at 80 columns,
/// without the noise of CLI11's own (types of numbers, validators, exclusions).
std::shared_ptr<CLI::FormatterBase> help_formatter();

/// Lets every option of `app` and its subcommands that holds a whole number
/// read it as decimal, each number of a list by itself: CLI11 2.1 reads numbers
/// as C does, 010 as eight and 08 as no number, so that `--id 010` would ask
/// for row 8. Others are refused: "0x10 is not a decimal number", as are
/// numbers beyond 64 bits. Needs no help of the options; for use once all of
/// them are there, before parsing.
void read_decimal_numbers(CLI::App& app);

/// True but for what C takes for a hexadecimal number.
bool is_decimal(const std::string& text);

}  // namespace imsearch::cli
