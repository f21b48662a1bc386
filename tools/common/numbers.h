// Numbers on the command line are decimal, whatever they begin with.
//
// CLI11 2.1 reads whole numbers as C does: 010 as eight, 08 as no number, 0x10
// as sixteen. `--id 010` would ask for row 8.
#pragma once

#include <CLI/CLI.hpp>

#include <string>

namespace imsearch::cli {

/// True but for what C takes for a hexadecimal number.
bool is_decimal(const std::string& text);

/// Lets every option of `app` and its subcommands that holds a whole number
/// read it as decimal, each number of a list by itself. Others are refused:
/// "0x10 is not a decimal number", as are numbers beyond 64 bits. Needs no help
/// of the options; for use once all of them are there, before parsing.
void read_decimal_numbers(CLI::App& app);

}  // namespace imsearch::cli
