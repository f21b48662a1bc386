#include "io/file_lock.h"

#include "base/error.h"
#include "io/file.h"
#include "io/output_file.h"
#include "support/temp_dir.h"

#include <doctest/doctest.h>

#include <optional>
#include <thread>
#include <vector>

using namespace imsearch;

TEST_SUITE("io") {
  TEST_CASE("of many that read a file and replace it, none is lost") {
    const test::TempDir dir;
    const std::string path = dir.write("f", "");
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&] {
        for (int i = 0; i < 50; ++i) {
          const FileLock lock(path);
          const std::string longer = read_file(path) + "x";
          OutputFile out(path);
          out.write(longer.data(), longer.size());
          out.commit();
        }
      });
    for (std::thread& thread : threads) thread.join();
    CHECK(read_file(path).size() == 200);
  }

  TEST_CASE("a file is free again when its lock goes") {
    const test::TempDir dir;
    const std::string path = dir.write("f", "");
    std::optional<FileLock> lock(path);
    lock.reset();
    CHECK_NOTHROW(lock.emplace(path));
    CHECK_THROWS_AS(FileLock{dir / "none"}, Error);
  }
}
