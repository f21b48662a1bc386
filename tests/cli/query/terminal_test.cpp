// query on a terminal, which script(1) makes.
#include "cli/collection.h"
#include "image/decode.h"
#include "io/text.h"
#include "support/contains.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <vector>

TEST_SUITE_BEGIN("cli");

using namespace imsearch;
using imsearch::test::contains;
using test::Collection;
using test::lines_of;
using test::RunOptions;
using test::RunResult;

namespace {

const std::string kLong =
    "photos/\xE5\xB8\xBD\xE5\xAD\x90/a_photo_with_a_very_long_name_0001.jpg";

/// Rows with a long name, and an index of them.
struct Named : Collection {
  Named() : Collection(30) {
    std::string names = kLong + "\n\x1B[2J.jpg\n";
    for (int i = 2; i < 30; ++i) names += std::to_string(i) + ".jpg\n";
    write("fnames.txt", names);
    build();
  }

  /// The lines of query on a terminal of so many columns.
  std::vector<std::string> lines(const std::string& options, int columns,
                                 const std::string& term,
                                 std::vector<std::string> environment = {
                                     "LC_ALL=C.UTF-8"}) const {
    RunOptions run_options;
    run_options.environment = std::move(environment);
    run_options.environment.push_back("TERM=" + term);
    const RunResult result =
        run({"/usr/bin/script", "-qec",
             "stty cols " + std::to_string(columns) + " -onlcr; " +
                 test::tool_path("query") + " " + options,
             "/dev/null"},
            run_options);
    CAPTURE(result.err);
    CHECK(result.status == 0);
    return lines_of(result.out);
  }
};

}  // namespace

TEST_CASE("a terminal shows the query once, and names within its width") {
  const Named named;
  for (const int columns : {200, 80, 40, 24}) {
    CAPTURE(columns);
    const auto lines = named.lines("--id 2 --id 3 -k 29", columns, "dumb");
    REQUIRE(lines.size() == 30 + 1 + 30);
    CHECK(lines[0] == "2");
    CHECK(lines[30].empty());
    CHECK(lines[31] == "3");
    bool whole = false;
    for (const std::string& line : lines) {
      CHECK_FALSE(contains(line, "\x1B"));
      // Two characters of three bytes take two columns each, an ellipsis one.
      CHECK(line.size() <= static_cast<std::size_t>(columns) + 4);
      whole = whole || contains(line, kLong);
    }
    CHECK(whole == (columns >= 80));
    CHECK(lines[1].substr(0, 4) == "   1");
  }
}

TEST_CASE("names link to their files, and nothing is bold with NO_COLOR") {
  const Named named;
  named.write("2.jpg", "");
  named.write("3.jpg", "");
  const std::string options = "--id 2 -k 29";
  const auto text = [&](const std::string& term,
                        std::vector<std::string> environment) {
    std::string all;
    for (const std::string& line :
         named.lines(options, 80, term, std::move(environment)))
      all += line + "\n";
    return all;
  };
  const std::string link = "/3.jpg\x1B\\3.jpg\x1B]8;;\x1B\\\n";
  const std::string full = text("xterm", {});
  CHECK(contains(full, "\x1B[1m"));
  CHECK(contains(full, "\x1B]8;;file://"));
  CHECK(contains(full, link));
  CHECK_FALSE(contains(full, "/4.jpg"));  // it is not there
  CHECK_FALSE(contains(full, "\x1B[2J"));
  const std::string plain = text("xterm", {"NO_COLOR=1"});
  CHECK_FALSE(contains(plain, "\x1B[1m"));
  CHECK(contains(plain, link));
  CHECK_FALSE(contains(text("dumb", {}), "\x1B"));
  // Without UTF-8 all is ASCII.
  for (const char c : text("dumb", {"LC_ALL=C"}))
    CHECK(static_cast<unsigned char>(c) < 0x80);
}

TEST_CASE("--preview sends pictures by each protocol") {
  const Collection collection(3);
  std::filesystem::copy_file(
      test::source_path("data/photos/hat/black-plain-06.jpg"),
      collection.path("0.jpg"));
  collection.build();
  const auto sent = [&](const std::string& protocol) {
    const RunResult result = collection.run(
        {"query", "--id", "1", "-k", "2", "--preview=" + protocol});
    CAPTURE(result.err);
    CHECK(result.status == 0);
    CHECK(contains(result.out, "0.jpg"));
    return result.out;
  };
  // Three tiles of 112 pixels, 8 between them, and a line of ranks.
  const auto check = [](const std::string& digits) {
    const Image image = decode_image(from_base64(digits), "");
    CHECK(image.width == 3 * 112 + 2 * 8);
    CHECK(image.height == 112 + 18);
  };
  const std::string iterm2 = sent("iterm2");
  const std::size_t begin = iterm2.find("\x1B]1337;File=inline=1;");
  REQUIRE(begin != std::string::npos);
  const std::size_t colon = iterm2.find(':', begin);
  check(iterm2.substr(colon + 1, iterm2.find('\a') - colon - 1));

  const std::string kitty = sent("kitty");
  std::string digits;
  for (std::size_t at = kitty.find("\x1B_G"); at != std::string::npos;
       at = kitty.find("\x1B_G", at + 1)) {
    const std::size_t semicolon = kitty.find(';', at);
    digits += kitty.substr(semicolon + 1,
                           kitty.find('\x1B', semicolon) - semicolon - 1);
  }
  check(digits);

  const RunResult sixel =
      collection.run({"query", "--id", "1", "-k", "2", "--preview=sixel"});
  if (contains(sixel.err, "built without libsixel-dev")) return;
  CHECK(sixel.status == 0);
  CHECK(contains(sixel.out, "\x1BP"));
  CHECK(contains(sixel.out, "\"1;1;352;130"));
}

TEST_CASE("--preview says so where the terminal shows no pictures") {
  const Collection collection(3);
  collection.build();
  RunOptions options;
  options.environment = {"TERM=xterm",
                         "KITTY_WINDOW_ID=", "TERM_PROGRAM=", "LC_TERMINAL="};
  const RunResult result = collection.run(
      {"/usr/bin/script", "-qec",
       test::tool_path("query") + " --id 1 --preview", "/dev/null"},
      options);
  CHECK(result.status == 1);
  CHECK(contains(result.out, "does not say that it shows pictures"));
}

TEST_SUITE_END();
