// Progress as a terminal shows it, whatever its width.
#include "cli/co_process.h"
#include "cli/collection.h"
#include "support/contains.h"
#include "support/run.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

TEST_SUITE_BEGIN("cli");

using namespace imsearch;
using namespace imsearch::test;

namespace {

/// The lines that were drawn over each other, in what a terminal was sent.
std::vector<std::string> drawn_lines(const std::string& sent) {
  std::vector<std::string> lines;
  std::size_t begin = 0;
  while ((begin = sent.find('\r', begin)) != std::string::npos) {
    const std::size_t end = sent.find("\x1b[K", ++begin);
    lines.push_back(sent.substr(begin, end - begin));
  }
  return lines;
}

constexpr std::size_t kRows = 30;

/// build-index that waits for the names of its rows.
std::vector<std::string> waiting_build(const std::string& terminal = "xterm") {
  return {"/usr/bin/env",
          "TERM=" + terminal,
          tool_path("build-index"),
          "fvecs.bin",
          "-n",
          "-"};
}

void write_names(CoProcess& build) {
  build.write(numbered_names(kRows));
  build.close_input();
}

}  // namespace

TEST_CASE("work that waits is shown in one line of any terminal") {
  for (const unsigned columns : {12U, 40U, 60U, 80U, 200U}) {
    CAPTURE(columns);
    const Collection collection(kRows);
    CoProcess build(waiting_build(), collection.dir().path(), {columns});
    // Two drawings, with nothing but the passing of time in between.
    std::string sent = build.read_error_until("\x1b[K");
    sent += build.read_error_until("\x1b[K");
    const std::vector<std::string> lines = drawn_lines(sent);
    REQUIRE(lines.size() == 2);
    const std::string what = "reads the names";
    CHECK(lines[0].substr(0, 11) ==
          (columns < 60 ? what : "build-index: " + what).substr(0, 11));
    for (const std::string& line : lines) CHECK(line.size() < columns);
    write_names(build);
    sent = build.read_error_to_end();
    CHECK(build.wait() == 0);
    // Messages begin where the line was, and nothing of it stays.
    CHECK(contains(sent, "\r\x1b[Kbuild-index: "));
    CHECK(contains(sent, " rows"));
    CHECK(sent.back() == '\n');
  }
}

TEST_CASE("the line follows the width of its window") {
  const Collection collection(kRows);
  CoProcess build(waiting_build(), collection.dir().path(), {200});
  CHECK(contains(build.read_error_until("\x1b[K"), "looks at the vectors, "));
  build.resize(20);
  // Two may have been on their way.
  for (int i = 0; i < 3; ++i) build.read_error_until("\x1b[K");
  CHECK(drawn_lines(build.read_error_until("\x1b[K")).at(0) ==
        "reads the names and");
}

TEST_CASE("nothing is drawn into a pipe, on a dumb terminal, or with -q") {
  const Collection collection(kRows);
  const std::string& folder = collection.dir().path();
  CoProcess drawn(waiting_build(), folder, {80});
  CoProcess dumb(waiting_build("dumb"), folder, {80});
  CoProcess piped(waiting_build(), folder);
  std::vector<std::string> with_q = waiting_build();
  with_q.emplace_back("-q");
  CoProcess quiet(with_q, folder, {80});
  // While these are silent, the first is not.
  for (int i = 0; i < 5; ++i) drawn.read_error_until("\x1b[K");
  for (CoProcess* build : {&dumb, &piped, &quiet}) write_names(*build);
  CHECK_FALSE(contains(dumb.read_error_to_end(), "\x1b"));
  CHECK_FALSE(contains(piped.read_error_to_end(), "\x1b"));
  CHECK(quiet.read_error_to_end().empty());
}

TEST_SUITE_END();
