// Ranges of the options that all tools share, and where they put the values.
#include "common/options.h"
#include "common/index_options.h"

#include "common/cli.h"

#include "support/captured.h"
#include "support/contains.h"

#include <doctest/doctest.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

TEST_SUITE_BEGIN("tools");

using namespace imsearch;

TEST_CASE("between takes both ends and decimal fractions") {
  const CLI::Validator share = cli::between(0, 1);
  for (const std::string text : {"0", "1", "0.5", ".5", "1e-3", "0000.9"}) {
    CAPTURE(text);
    CHECK(share(text).empty());
  }
}

TEST_CASE("between refuses what is beyond its ends, and what is not a number") {
  const CLI::Validator share = cli::between(0, 1);
  CHECK(share(std::string("1.5")) == "1.5 is not a number from 0 to 1");
  for (const std::string text : {"-0.1", "1.0001", "nan", "-nan", "inf", "-inf",
                                 "", "half", "0.5x", "0,5", "0x1p-1"}) {
    CAPTURE(text);
    CHECK_FALSE(share(text).empty());
  }
}

namespace {

using AddOption = std::function<void(CLI::App&, std::uint64_t& value)>;

/// As a command line with that one option would be read.
std::uint64_t read(const AddOption& add, const std::string& words) {
  CLI::App app;
  std::uint64_t value = 0;
  add(app, value);
  cli::read_decimal_numbers(app);
  app.parse(words);
  return value;
}

SearchParams read_search(const std::string& words) {
  CLI::App app;
  SearchParams params;
  cli::add_search(app, params);
  app.parse(words);
  return params;
}

HnswParams read_hnsw(const std::string& words) {
  CLI::App app;
  HnswParams params;
  cli::add_hnsw(app, params);
  app.parse(words);
  return params;
}

std::vector<std::size_t> read_efs(const std::string& words) {
  CLI::App app;
  std::vector<std::size_t> efs = {1, 2, 3};
  cli::add_ef_list(app, efs);
  app.parse(words);
  return efs;
}

}  // namespace

TEST_CASE("a vector has 1 to 65536 floats") {
  const AddOption dim = [](CLI::App& app, std::size_t& value) {
    cli::add_dim(app, value);
  };
  CHECK(read(dim, "--dim 1") == 1);
  CHECK(read(dim, "--dim 65536") == 65536);
  CHECK(read(dim, "--dim 01280") == 1280);
  CHECK_THROWS_AS(read(dim, "--dim 0"), CLI::ValidationError);
  CHECK_THROWS_AS(read(dim, "--dim 65537"), CLI::ValidationError);
  CHECK_THROWS_AS(read(dim, "--dim -1"), CLI::ValidationError);
}

TEST_CASE("there are 1 to 1024 threads") {
  const AddOption threads = [](CLI::App& app, std::uint64_t& value) {
    static unsigned number;
    cli::add_threads(app, number);
    app.callback([&value] { value = number; });
  };
  CHECK(read(threads, "-j 1") == 1);
  CHECK(read(threads, "--threads 1024") == 1024);
  CHECK_THROWS_AS(read(threads, "-j 0"), CLI::ValidationError);
  CHECK_THROWS_AS(read(threads, "-j 1025"), CLI::ValidationError);
}

TEST_CASE("a seed is any whole number of 64 bits, and -1 is none") {
  const AddOption seed = [](CLI::App& app, std::uint64_t& value) {
    cli::add_seed(app, value);
  };
  CHECK(read(seed, "--seed 0") == 0);
  CHECK(read(seed, "--seed 18446744073709551615") == UINT64_MAX);
  CHECK_THROWS_AS(read(seed, "--seed 18446744073709551616"), CLI::ParseError);
  CHECK_THROWS_AS(read(seed, "--seed -1"), CLI::ValidationError);
  CHECK_THROWS_AS(read(seed, "--seed 1.5"), CLI::ValidationError);
}

TEST_CASE("each option of a search fills its own number") {
  const SearchParams params =
      read_search("-k 3 --ef 40 --rerank-codes 30 --rerank 20");
  CHECK(params.k == 3);
  CHECK(params.ef == 40);
  CHECK(params.rerank_codes == 30);
  CHECK(params.rerank == 20);
}

TEST_CASE("counts of a search go from 1 to a million, codes from 0") {
  CHECK(read_search("-k 1000000").k == 1000000);
  CHECK(read_search("--ef 1").ef == 1);
  CHECK(read_search("--rerank-codes 0").rerank_codes == 0);
  for (const std::string words :
       {"-k 0", "-k 1000001", "--ef 0", "--ef 1000001", "--rerank 0",
        "--rerank 1000001", "--rerank-codes 1000001"}) {
    CAPTURE(words);
    CHECK_THROWS_AS(read_search(words), CLI::ValidationError);
  }
}

TEST_CASE("links go from 2 to 512, their candidates from 1 to 100000") {
  CHECK(read_hnsw("-M 2").M == 2);
  CHECK(read_hnsw("--links 512").M == 512);
  CHECK(read_hnsw("--ef-construction 1").ef_construction == 1);
  CHECK(read_hnsw("--ef-construction 100000").ef_construction == 100000);
  for (const std::string words :
       {"-M 1", "-M 513", "--ef-construction 0", "--ef-construction 100001"}) {
    CAPTURE(words);
    CHECK_THROWS_AS(read_hnsw(words), CLI::ValidationError);
  }
}

TEST_CASE("what is not a whole number is told from what is out of range") {
  const CLI::Validator few = cli::whole(2, 512);
  CHECK(few(std::string("2")).empty());
  CHECK(few(std::string("512")).empty());
  for (const std::string text :
       {"1", "513", "-3", "abc", "3.5", "3x", "18446744073709551617"}) {
    CAPTURE(text);
    CHECK(few(text) == text + " is not a whole number from 2 to 512");
  }
}

TEST_CASE("an ef below k is said once, with what is kept instead") {
  const auto said = [](const std::vector<std::size_t>& efs) {
    return imsearch::test::complained_by([&] { cli::say_if_raised(efs, 10); });
  };
  CHECK(said({10, 64}).empty());
  CHECK(imsearch::test::contains(
      said({64, 5}), "--ef 5: less than -k 10: 10 candidates are kept\n"));
  const std::string both = said({9, 5, 64});
  CHECK(imsearch::test::contains(both, "--ef 5, 9: less than -k 10: "));
  CHECK(std::count(both.begin(), both.end(), '\n') == 1);
}

TEST_CASE("a list of ef replaces the default, in the order given") {
  using Efs = std::vector<std::size_t>;
  CHECK(read_efs("") == Efs{1, 2, 3});
  CHECK(read_efs("--ef 64,16") == Efs{64, 16});
  CHECK(read_efs("--ef 64") == Efs{64});
  CHECK(read_efs("--ef 64 --ef 16,8") == Efs{64, 16, 8});
  CHECK(read_efs("--ef 010,08") == Efs{10, 8});
  CHECK_THROWS_AS(read_efs("--ef 64,0"), CLI::ValidationError);
  for (const std::string words : {"--ef 16,,32", "--ef 16,", "--ef ,16"}) {
    CAPTURE(words);
    CHECK_THROWS_WITH_AS(
        read_efs(words),
        ("--ef: " + words.substr(5) + ": a number is missing").c_str(),
        CLI::ValidationError);
  }
  CHECK_THROWS_AS(read_efs("--ef 64 16"), CLI::ExtrasError);
}
