// Numbers on the command line are decimal, whatever zeros they begin with.
#include "common/cli11.h"

#include <doctest/doctest.h>
#include <CLI/CLI.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

TEST_SUITE_BEGIN("tools");

using namespace imsearch;

TEST_CASE("only what C reads as hexadecimal is not decimal") {
  CHECK(cli::is_decimal("10"));
  CHECK(cli::is_decimal("010"));
  CHECK(cli::is_decimal("-1.5e3"));
  CHECK_FALSE(cli::is_decimal("0x10"));
  CHECK_FALSE(cli::is_decimal("0X10"));
  CHECK_FALSE(cli::is_decimal("-0x10"));
  CHECK_FALSE(cli::is_decimal(" +0x1p3"));
  // Not a number at all, which the range of the option says.
  CHECK(cli::is_decimal("max"));
  CHECK(cli::is_decimal(""));
  CHECK_FALSE(cli::is_decimal("0x1p-1"));
}

namespace {

/// What an option of that type holds after "--n TEXT".
template <typename Value>
Value read(const std::string& text) {
  CLI::App app;
  Value value{};
  app.add_option("--n", value)->delimiter(',');
  cli::read_decimal_numbers(app);
  app.parse("--n " + text);
  return value;
}

}  // namespace

TEST_CASE("zeros in front do not make a number octal") {
  CHECK(read<std::size_t>("010") == 10);
  CHECK(read<std::size_t>("08") == 8);
  CHECK(read<unsigned>("0019") == 19);
  CHECK(read<std::size_t>("0") == 0);
  CHECK(read<std::size_t>("000") == 0);
  CHECK(read<std::size_t>("100") == 100);
}

TEST_CASE("the sign of a number stays") {
  CHECK(read<int>("-007") == -7);
  CHECK(read<int>("+010") == 10);
}

TEST_CASE("each number of a list is read by itself") {
  CHECK(read<std::vector<std::size_t>>("010,08,7") ==
        std::vector<std::size_t>{10, 8, 7});
}

TEST_CASE("texts and fractions keep their zeros") {
  CHECK(read<std::string>("010") == "010");
  CHECK(read<double>("010.5") == 10.5);
}

TEST_CASE("a hexadecimal number is refused by its text") {
  CHECK_THROWS_WITH_AS(read<std::size_t>("0x10"),
                       "--n: 0x10 is not a decimal number",
                       CLI::ValidationError);
  CHECK_THROWS_AS(read<std::vector<std::size_t>>("1,0X2"),
                  CLI::ValidationError);
}

TEST_CASE("a number beyond 64 bits is not taken for the greatest") {
  CHECK(read<std::size_t>("18446744073709551615") == SIZE_MAX);
  CHECK_THROWS_WITH_AS(
      read<std::size_t>("18446744073709551616"),
      "--n: 18446744073709551616 is more than 18446744073709551615",
      CLI::ValidationError);
  CHECK_THROWS_AS(read<std::vector<std::size_t>>("1,99999999999999999999"),
                  CLI::ValidationError);
}

TEST_CASE("options of subcommands are read the same way") {
  CLI::App app;
  std::size_t value = 0;
  app.add_subcommand("search")->add_option("--n", value);
  cli::read_decimal_numbers(app);
  app.parse("search --n 010");
  CHECK(value == 10);
}
