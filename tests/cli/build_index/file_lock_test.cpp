// Locks on file systems that are not this one (fault 15).
#include "cli/collection.h"
#include "support/contains.h"

#include <doctest/doctest.h>

#include <cerrno>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

TEST_SUITE_BEGIN("cli");

using namespace imsearch;
using imsearch::test::contains;
using test::Collection;
using test::RunOptions;
using test::RunResult;

namespace {

constexpr const char* kIndex = "fvecs.bin.hnsw.index";

/// Sanitizers want to come before what is preloaded.
RunOptions on_nfs() {
  const char* sanitizer = std::getenv("ASAN_OPTIONS");
  RunOptions options;
  options.environment = {std::string("LD_PRELOAD=") + NFS_FLOCK,
                         std::string("ASAN_OPTIONS=verify_asan_link_order=0:") +
                             (sanitizer == nullptr ? "" : sanitizer)};
  return options;
}

RunOptions where_flock_fails(int error_number) {
  RunOptions options = on_nfs();
  options.environment.push_back("TEST_FLOCK_ERRNO=" +
                                std::to_string(error_number));
  return options;
}

RunResult erase(const Collection& collection, int row,
                const RunOptions& options) {
  RunOptions with_input = options;
  with_input.input = std::to_string(row) + ".jpg\n";
  return collection.run({"build-index", "--delete", "-"}, with_input);
}

}  // namespace

TEST_CASE("fault 15: eight deletes at once all arrive, as on NFS") {
  const Collection collection(400);
  collection.build();
  std::vector<RunResult> results(8);
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([&, t] {
      results.at(static_cast<std::size_t>(t)) =
          erase(collection, 10 * t, on_nfs());
    });
  for (std::thread& thread : threads) thread.join();
  for (const RunResult& result : results) {
    CAPTURE(result.err);
    CHECK(result.status == 0);
    CHECK_FALSE(contains(result.err, "no locks"));
  }
  const RunResult last = erase(collection, 0, {});
  CHECK(contains(last.err, "8 of 400 rows are deleted"));
}

TEST_CASE("fault 15: where there are no locks, that is said, once") {
  for (const int error_number : {EOPNOTSUPP, ENOLCK, ENOSYS}) {
    const Collection collection(20);
    collection.build();
    const RunResult result =
        erase(collection, 1, where_flock_fails(error_number));
    CHECK(result.status == 0);
    CHECK(result.err ==
          std::string("build-index: ") + kIndex +
              ": its file system has no locks: of two --append or --delete at "
              "once, one would be lost\nbuild-index: " +
              kIndex + ": 1 of 20 rows is deleted\n");
  }
}

TEST_CASE("fault 15: a lock that fails otherwise is not a missing lock") {
  const Collection collection(20);
  collection.build();
  const std::string before = collection.read(kIndex);
  const RunResult result = erase(collection, 1, where_flock_fails(EBADF));
  CHECK(result.status == 1);
  CHECK(contains(result.err,
                 "build-index: fvecs.bin.hnsw.index: cannot be "
                 "locked: Bad file descriptor"));
  CHECK(collection.read(kIndex) == before);
}
