#include "io/input_file.h"

#include "base/error.h"
#include "io/file.h"
#include "support/temp_dir.h"

#include <sys/stat.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include <fstream>
#include <thread>

using namespace imsearch;

TEST_SUITE("io") {
  TEST_CASE("a file is read piece by piece to its end") {
    const test::TempDir dir;
    InputFile file(dir.write("x", "abcde"));
    char buffer[3] = {};
    CHECK(file.read(buffer, 3) == 3);
    CHECK(std::string(buffer, 3) == "abc");
    CHECK(file.read(buffer, 3) == 2);
    CHECK(std::string(buffer, 2) == "de");
    CHECK(file.read(buffer, 3) == 0);
  }

  TEST_CASE("whole files and prefixes are read") {
    const test::TempDir dir;
    const std::string big(3000000, 'x');
    CHECK(read_file(dir.write("big", big)) == big);
    CHECK(read_file(dir.write("empty", "")).empty());
    CHECK(read_prefix(dir / "big", 10) == "xxxxxxxxxx");
    CHECK(read_prefix(dir / "big", 0).empty());
    CHECK(read_prefix(dir.write("short", "ab"), 10) == "ab");
  }

  TEST_CASE("a pipe is read to its end") {
    const test::TempDir dir;
    const std::string path = dir / "fifo";
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    std::thread writer([&] {
      std::ofstream stream(path);
      for (int i = 0; i < 1000; ++i) stream << "0123456789" << std::flush;
    });
    CHECK(read_file(path).size() == 10000);
    writer.join();
  }

  TEST_CASE("'-' is standard input, which stays open") {
    const test::TempDir dir;
    const std::string path = dir.write("x", "from stdin");
    const int old = ::dup(STDIN_FILENO);
    REQUIRE(std::freopen(path.c_str(), "r", stdin) != nullptr);
    CHECK(InputFile("-").name() == "standard input");
    CHECK(read_file("-") == "from stdin");
    CHECK(::dup2(old, STDIN_FILENO) == STDIN_FILENO);
    ::close(old);
  }

  TEST_CASE("what cannot be read is an error that names it") {
    const test::TempDir dir;
    CHECK_THROWS_WITH_AS(read_file(dir / "none"),
                         (dir / "none: No such file or directory").c_str(),
                         Error);
    CHECK_THROWS_WITH_AS(read_file(dir.path()),
                         (dir.path() + ": Is a directory").c_str(), Error);
  }
}
