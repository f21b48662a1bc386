// CLI11's classes by name, and what every tool changes in it: how --help looks,
// and how numbers are read. CLI11's own header takes five seconds to compile,
// so only the sources that register options include that.
#pragma once

#include <initializer_list>
#include <memory>
#include <string>

namespace CLI {
class App;
class FormatterBase;
class Option;
class Validator;
}  // namespace CLI

namespace imsearch::cli {

/// The headings under which --help lists options, in this order. Options that
/// are put under none come last, as kGeneral.
enum class Group {
  kOften,
  kQuestions,
  kImages,
  kInput,
  kOutput,
  kChanges,
  kBuilding,
  kLoading,
  kSearch,
  kJudging,
  kModels,
  kParts,
  kService,
  kPrograms,
  kGeneral,
};

/// Lists these options ("--ef") under that heading. They must be there.
void put_under(CLI::App& app, Group group,
               std::initializer_list<const char*> options);

/// Lists those under kGeneral that are under no heading; of subcommands, too.
void put_rest_under_general(CLI::App& app);

/// Shows these arguments behind the program's name at the end of --help; each
/// line can be pasted.
void add_examples(CLI::App& app, std::initializer_list<const char*> lines);

/// The look of --help: options under headings, in one aligned column, wrapped
/// at 80 columns, without the noise of CLI11's own (types of numbers,
/// validators, exclusions); then examples, and how this user opens the manual.
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
