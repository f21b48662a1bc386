#include "io/output_file.h"

#include "base/error.h"
#include "base/interrupt.h"
#include "io/file.h"
#include "support/temp_dir.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include <csignal>
#include <filesystem>
#include <functional>
#include <set>
#include <thread>
#include <utility>

using namespace imsearch;

namespace {

using Names = std::set<std::string>;

Names entries(const std::string& folder) {
  Names names;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    names.insert(entry.path().filename().string());
  return names;
}

void write_whole(const std::string& path, const std::string& bytes) {
  OutputFile file(path);
  file.write(bytes);
  file.commit();
}

mode_t mode_of(const std::string& path) {
  struct stat status = {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777U;
}

std::string error_of(const std::function<void()>& body) {
  try {
    body();
  } catch (const Error& e) {
    return e.what();
  }
  return "no error";
}

/// The error of `body` in a process of its own, whose limits, signals and user
/// it may change.
std::string error_in_child(const std::function<void()>& body) {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const std::string text = error_of(body);
    const ssize_t n = ::write(ends[1], text.data(), text.size());
    ::_exit(n < 0 ? 1 : 0);
  }
  ::close(ends[1]);
  char text[4096];
  const ssize_t n = ::read(ends[0], text, sizeof text);
  ::close(ends[0]);
  ::waitpid(child, nullptr, 0);
  return {text, static_cast<std::size_t>(n > 0 ? n : 0)};
}

}  // namespace

TEST_SUITE("io") {
  TEST_CASE("a file appears on commit, whole, and nothing else stays") {
    const test::TempDir dir;
    const std::string path = dir / "out.bin";
    std::string expected;
    {
      OutputFile file(path);
      CHECK(file.is_regular());
      for (int i = 0; i < 300000; ++i) file.write("0123456789");
      const std::string big(5000000, 'x');
      file.write(big);
      file.write("end");
      CHECK(file.size() == 8000003);
      CHECK_FALSE(file_exists(path));
      file.commit();
      for (int i = 0; i < 300000; ++i) expected += "0123456789";
      expected += big + "end";
    }
    CHECK(read_file(path) == expected);
    CHECK(entries(dir.path()) == Names{"out.bin"});
  }

  TEST_CASE("without commit no trace is left and the older file stays") {
    const test::TempDir dir;
    const std::string path = dir.write("out.bin", "older");
    {
      OutputFile file(path);
      file.write(std::string(3000000, 'x'));
      file.finish();
      CHECK(entries(dir.path()).size() == 2);
    }
    CHECK(entries(dir.path()) == Names{"out.bin"});
    CHECK(read_file(path) == "older");
  }

  TEST_CASE("a header can be written last") {
    const test::TempDir dir;
    OutputFile file(dir / "x");
    file.write("????body");
    file.write_at(0, "head", 4);
    file.write("!");
    CHECK(file.size() == 9);
    file.commit();
    CHECK(read_file(dir / "x") == "headbody!");
  }

  TEST_CASE("a moved output file is still one file") {
    const test::TempDir dir;
    OutputFile first(dir / "x");
    first.write("ab");
    OutputFile second(std::move(first));
    second.write("cd");
    second.commit();
    CHECK(read_file(dir / "x") == "abcd");
  }

  TEST_CASE("two writers of one name do not meet: the last commit stays") {
    const test::TempDir dir;
    OutputFile first(dir / "x");
    OutputFile second(dir / "x");
    first.write("first");
    second.write("second");
    second.commit();
    first.commit();
    CHECK(read_file(dir / "x") == "first");
    CHECK(entries(dir.path()) == Names{"x"});
  }

  TEST_CASE("a link stays and what it leads to is replaced") {
    const test::TempDir dir;
    dir.write("real/data.bin", "older");
    std::filesystem::create_symlink("real/data.bin", dir / "link");
    std::filesystem::create_symlink(dir / "link", dir / "link2");
    write_whole(dir / "link2", "newer");
    CHECK(read_file(dir / "real/data.bin") == "newer");
    CHECK(std::filesystem::is_symlink(dir / "link"));
    CHECK(std::filesystem::is_symlink(dir / "link2"));
    CHECK(entries(dir / "real") == Names{"data.bin"});
  }

  TEST_CASE("a link to nothing is written through") {
    const test::TempDir dir;
    std::filesystem::create_symlink("later", dir / "link");
    write_whole(dir / "link", "x");
    CHECK(read_file(dir / "later") == "x");
    CHECK(std::filesystem::is_symlink(dir / "link"));
    std::filesystem::create_symlink("no/later", dir / "lost");
    CHECK(error_of([&] { OutputFile file(dir / "lost"); }) ==
          dir / "lost: there is no folder " + (dir / "no"));
  }

  TEST_CASE("a link to itself is an error") {
    const test::TempDir dir;
    std::filesystem::create_symlink("loop", dir / "loop");
    CHECK_THROWS_AS(OutputFile(dir / "loop"), Error);
  }

  TEST_CASE("a new file has the usual mode, a replaced one keeps its own") {
    const test::TempDir dir;
    const mode_t mask = ::umask(022);
    write_whole(dir / "new", "x");
    ::umask(mask);
    CHECK(mode_of(dir / "new") == 0644);
    const std::string old = dir.write("old", "x");
    REQUIRE(::chmod(old.c_str(), 0640) == 0);
    write_whole(old, "y");
    CHECK(mode_of(old) == 0640);
  }

  TEST_CASE("a write-protected older file is not replaced") {
    const test::TempDir dir;
    const std::string path = dir.write("x", "older");
    REQUIRE(::chmod(path.c_str(), 0444) == 0);
    REQUIRE(::chmod(dir.path().c_str(), 0777) == 0);
    CHECK(error_in_child([&] {
            if (::geteuid() == 0 && ::setuid(65534) != 0) return;
            write_whole(path, "newer");
          }) == path + ": Permission denied");
    CHECK(read_file(path) == "older");
    CHECK(entries(dir.path()) == Names{"x"});
  }

  TEST_CASE("a full device is an error") {
    CHECK(error_of([] { write_whole("/dev/full", "x"); }) ==
          "/dev/full: No space left on device");
  }

  TEST_CASE("a limit of file sizes is an error and leaves no trace") {
    const test::TempDir dir;
    const std::string path = dir.write("x", "older");
    CHECK(error_in_child([&] {
            catch_interrupts();  // it takes care of SIGXFSZ
            const rlimit limit = {100000, 100000};
            ::setrlimit(RLIMIT_FSIZE, &limit);
            write_whole(path, std::string(3000000, 'x'));
          }) == path + ": File too large");
    CHECK(read_file(path) == "older");
    CHECK(entries(dir.path()) == Names{"x"});
  }

  TEST_CASE("a pipe is written directly") {
    const test::TempDir dir;
    const std::string path = dir / "fifo";
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    std::string read;
    std::thread reader([&] { read = read_file(path); });
    {
      OutputFile file(path);
      CHECK_FALSE(file.is_regular());
      file.write(std::string(2000000, 'x'));
      file.commit();
    }
    reader.join();
    CHECK(read == std::string(2000000, 'x'));
    CHECK(entries(dir.path()) == Names{"fifo"});
  }

  TEST_CASE("^C ends the wait for a pipe's reader") {
    const test::TempDir dir;
    const std::string path = dir / "fifo";
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    CHECK(error_in_child([&] {
            std::signal(SIGINT, SIG_DFL);
            catch_interrupts();
            const pid_t waiting = ::getpid();
            if (::fork() == 0) {
              ::usleep(50000);
              ::_exit(::kill(waiting, SIGINT));
            }
            OutputFile file(path);
          }) == "interrupted");
  }

  TEST_CASE("what cannot be written is an error that names it") {
    const test::TempDir dir;
    CHECK(error_of([&] { OutputFile file(dir.path()); }) ==
          dir.path() + ": Is a directory");
    CHECK(error_of([&] { OutputFile file(dir / "no/x"); }) ==
          dir / "no/x: there is no folder " + (dir / "no"));
    dir.write("file", "");
    CHECK(error_of([&] { OutputFile file(dir / "file/x"); }) ==
          dir / "file/x: Not a directory");
  }
}
