// OutputFile where what it wrote so far may be wanted later.
#include "io/output_file.h"

#include "base/error.h"
#include "io/file.h"
#include "support/temp_dir.h"

#include <sys/stat.h>

#include <doctest/doctest.h>

#include <filesystem>
#include <functional>

using namespace imsearch;

namespace {

std::string error_of(const std::function<void()>& body) {
  try {
    body();
  } catch (const Error& e) {
    return e.what();
  }
  return "no error";
}

std::size_t count(const std::string& folder) {
  const std::filesystem::directory_iterator entries(folder);
  return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
}

}  // namespace

TEST_SUITE("io") {
  TEST_CASE("a part has a fixed name and becomes the file on commit") {
    const test::TempDir dir;
    {
      OutputFile file(dir / "x", Temporary::kPart);
      CHECK(file.temporary() == dir / "x.part");
      CHECK(file.target() == dir / "x");
      file.write("whole");
      file.flush();
      CHECK(read_file(dir / "x.part") == "whole");
      file.commit();
    }
    CHECK(read_file(dir / "x") == "whole");
    CHECK(count(dir.path()) == 1);
  }

  TEST_CASE("a part that nobody keeps goes, one that is kept stays") {
    const test::TempDir dir;
    for (const bool keep : {false, true}) {
      OutputFile file(dir / "x", Temporary::kPart);
      file.write("some");
      file.flush();
      if (keep) file.keep();
    }
    CHECK(count(dir.path()) == 1);
    CHECK(read_file(dir / "x.part") == "some");
    { const OutputFile file(dir / "x", Temporary::kPart); }
    CHECK(count(dir.path()) == 0);
  }

  TEST_CASE("an old part stays as it was until it is cut, and can go on") {
    const test::TempDir dir;
    dir.write("x.part", "abcdef");
    {
      const OutputFile file(dir / "x", Temporary::kOldPart);
      CHECK(file.size() == 6);
    }
    CHECK(read_file(dir / "x.part") == "abcdef");
    {
      OutputFile file(dir / "x", Temporary::kOldPart);
      file.truncate(3);
      file.write("XY");
      CHECK(file.size() == 5);
    }
    CHECK(read_file(dir / "x.part") == "abc");  // kept, but not flushed
    {
      OutputFile file(dir / "x", Temporary::kOldPart);
      file.truncate(2);
      file.write("Z");
      file.commit();
    }
    CHECK(read_file(dir / "x") == "abZ");
    CHECK(count(dir.path()) == 1);
  }

  TEST_CASE("an old part that is cut to nothing goes") {
    const test::TempDir dir;
    dir.write("x.part", "abcdef");
    {
      OutputFile file(dir / "x", Temporary::kOldPart);
      file.truncate(0);
    }
    CHECK(count(dir.path()) == 0);
  }

  TEST_CASE("a part has one writer at a time, until it has its name") {
    const test::TempDir dir;
    const std::string refusal = dir / "x.part: another process is writing it";
    const auto second = [&] { OutputFile file(dir / "x", Temporary::kPart); };
    {
      OutputFile first(dir / "x", Temporary::kPart);
      first.write("first");
      CHECK(error_of(second) == refusal);
      first.finish();
      CHECK(error_of(second) == refusal);
      first.commit();
      CHECK(error_of(second) == "no error");
    }
    CHECK(read_file(dir / "x") == "first");
    CHECK(count(dir.path()) == 1);
  }

  TEST_CASE("a part lies beside what a link leads to") {
    const test::TempDir dir;
    dir.write("real/data", "older");
    std::filesystem::create_symlink("real/data", dir / "link");
    OutputFile file(dir / "link", Temporary::kPart);
    CHECK(file.temporary() == dir / "real/data.part");
    file.write("newer");
    file.commit();
    CHECK(read_file(dir / "real/data") == "newer");
    CHECK(std::filesystem::is_symlink(dir / "link"));
  }

  TEST_CASE("what stands at a part's place is not written to") {
    const test::TempDir dir;
    const auto open = [&] { OutputFile file(dir / "x", Temporary::kPart); };
    dir.write("other", "other");
    std::filesystem::create_symlink("other", dir / "x.part");
    CHECK(error_of(open) == dir / "x.part: Too many levels of symbolic links");
    CHECK(read_file(dir / "other") == "other");
    std::filesystem::remove(dir / "x.part");
    REQUIRE(::mkfifo((dir / "x.part").c_str(), 0600) == 0);
    CHECK(error_of(open) == dir / "x.part: No such device or address");
    std::filesystem::remove(dir / "x.part");
    std::filesystem::create_directory(dir / "x.part");
    CHECK(error_of(open) == dir / "x.part: Is a directory");
  }
}
