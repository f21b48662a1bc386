#include "io/mapped_file.h"

#include "base/error.h"
#include "support/temp_dir.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <utility>

using namespace imsearch;

namespace {

std::string text(const MappedFile& file) {
  return {reinterpret_cast<const char*>(file.data()), file.size()};
}

std::string expected_path;

void end_by_fault(const char* path) {
  ::_exit(path == expected_path ? 42 : 43);
}

/// How a process ends that does this: its exit code, or 128 + signal.
template <typename Body>
int ending_of(const Body& body) {
  const pid_t child = ::fork();
  if (child == 0) {
    body();
    ::_exit(0);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

char byte_at(const MappedFile& file, std::size_t at) {
  return *reinterpret_cast<const volatile char*>(file.data() + at);
}

}  // namespace

TEST_SUITE("io") {
  TEST_CASE("a mapped file shows its bytes, however it will be read") {
    const test::TempDir dir;
    const std::string path = dir.write("x", "hello");
    const MappedFile file(path);
    file.expect_sequential_access();
    CHECK(text(file) == "hello");
    CHECK(file.path() == path);
  }

  TEST_CASE("a mapping outlives its move") {
    const test::TempDir dir;
    MappedFile first(dir.write("1", "one"));
    MappedFile second(dir.write("2", "two"));
    MappedFile moved(std::move(first));
    CHECK(text(moved) == "one");
    moved = std::move(second);
    CHECK(text(moved) == "two");
    CHECK(moved.path() == dir / "2");
  }

  TEST_CASE("an empty file is a mapping of no bytes") {
    const test::TempDir dir;
    const MappedFile file(dir.write("empty", ""));
    file.expect_sequential_access();
    CHECK(file.size() == 0);
  }

  TEST_CASE("fault 17: a truncated mapping is reported by its path") {
    const test::TempDir dir;
    const std::string page(5000, 'x');
    expected_path = dir / "short";
    const int ending = ending_of([&] {
      on_mapping_fault(end_by_fault);
      { const MappedFile gone(dir.write("gone", page)); }
      const MappedFile whole(dir.write("whole", page));
      MappedFile first(dir.write("short", page));
      const MappedFile cut(std::move(first));
      std::filesystem::resize_file(dir / "short", 0);
      byte_at(whole, 4999);
      byte_at(cut, 4999);
    });
    CHECK(ending == 42);
  }

  TEST_CASE("fault 17: any other SIGBUS ends the process as before") {
    const int ending = ending_of([] {
      on_mapping_fault(end_by_fault);
      std::raise(SIGBUS);
    });
    CHECK(ending == 128 + SIGBUS);
  }

  TEST_CASE("fault 17: a file that is written to has another state") {
    const test::TempDir dir;
    const std::string path = dir.write("x", "hello");
    const MappedFile file(path);
    const FileState before = file.state();
    CHECK(before.size_bytes == 5);
    CHECK(file.current_state() == before);
    std::ofstream(path, std::ios::app) << "!";
    CHECK(file.current_state().size_bytes == 6);
    CHECK(file.state() == before);
    std::filesystem::resize_file(path, 5);
    std::filesystem::last_write_time(
        path, std::filesystem::last_write_time(path) + std::chrono::hours(1));
    CHECK(file.current_state() != before);
    // The mapping keeps a file that has lost its name.
    std::filesystem::rename(dir.write("y", "other!"), path);
    CHECK(file.current_state() == before);
    std::filesystem::remove(path);
    CHECK(file.current_state() == before);
    CHECK(text(file) == "hello");
  }

  TEST_CASE("what cannot be mapped is an error that says why") {
    const test::TempDir dir;
    const auto check = [](const std::string& path, const std::string& why) {
      CHECK_THROWS_WITH_AS(MappedFile{path}, (path + ": " + why).c_str(),
                           Error);
    };
    check(dir / "none", "No such file or directory");
    check(dir.path(), "Is a directory");
    const std::string special =
        "not a regular file, so it cannot be mapped: copy it to one";
    check("/dev/null", special);
    REQUIRE(::mkfifo((dir / "fifo").c_str(), 0600) == 0);
    check(dir / "fifo", special);  // without waiting for a writer
  }
}
