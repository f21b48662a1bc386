#include "base/parallel_for.h"

#include "base/error.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include <atomic>
#include <cstdint>
#include <limits>
#include <set>
#include <thread>
#include <vector>

using namespace imsearch;

TEST_SUITE("base") {
  TEST_CASE("a parallel loop does each element once, in blocks") {
    for (const std::size_t count : {0U, 1U, 7U, 64U, 1000U})
      for (const std::size_t grain : {1U, 3U, 64U, 5000U})
        for (const unsigned threads : {0U, 1U, 2U, 9U}) {
          CAPTURE(count);
          CAPTURE(grain);
          CAPTURE(threads);
          const unsigned most = threads == 0 ? usable_cpus() : threads;
          std::vector<std::atomic<int>> done(count);
          std::atomic<bool> good{true};
          parallel_for(count, grain, threads,
                       [&](std::size_t begin, std::size_t end, unsigned t) {
                         if (begin % grain != 0 || end <= begin ||
                             end - begin > grain || t >= most)
                           good = false;
                         for (std::size_t i = begin; i < end; ++i) ++done[i];
                       });
          CHECK(good);
          for (const std::atomic<int>& times : done) REQUIRE(times == 1);
        }
  }

  TEST_CASE("the greatest grain is one block") {
    int blocks = 0;
    parallel_for(10, std::numeric_limits<std::size_t>::max(), 4,
                 [&](std::size_t begin, std::size_t end, unsigned) {
                   ++blocks;
                   CHECK(begin == 0);
                   CHECK(end == 10);
                 });
    CHECK(blocks == 1);
  }

  TEST_CASE("one thread is the caller's") {
    std::set<std::thread::id> ids;
    parallel_for(10, 1, 1, [&](std::size_t, std::size_t, unsigned) {
      ids.insert(std::this_thread::get_id());
    });
    CHECK(ids == std::set<std::thread::id>{std::this_thread::get_id()});
  }

  TEST_CASE("an error in any block reaches the caller and stops the rest") {
    for (const unsigned threads : {1U, 4U}) {
      CAPTURE(threads);
      std::atomic<std::size_t> blocks{0};
      CHECK_THROWS_WITH_AS(
          parallel_for(1000000, 1, threads,
                       [&](std::size_t begin, std::size_t, unsigned) {
                         ++blocks;
                         if (begin == 5) fail("row {}", begin);
                         if (begin > 5) ::usleep(1000);
                       }),
          "row 5", Error);
      CHECK(blocks < 1000000);
    }
  }

  TEST_CASE("of several errors one is thrown") {
    CHECK_THROWS_AS(parallel_for(100, 1, 4,
                                 [](std::size_t, std::size_t, unsigned) {
                                   fail("always");
                                 }),
                    Error);
  }

  TEST_CASE("a system that gives no thread leaves the work to the caller") {
    // In a process of its own, whose limit then holds nobody else up. Root has
    // no such limit, so it becomes another user first.
    const pid_t child = ::fork();
    if (child == 0) {
      const rlimit limit = {0, 0};
      ::setrlimit(RLIMIT_NPROC, &limit);
      if (::geteuid() == 0 && ::setuid(65534) != 0) ::_exit(2);
      std::atomic<int> done{0};
      parallel_for(100, 1, 4,
                   [&](std::size_t, std::size_t, unsigned) { ++done; });
      ::_exit(done == 100 ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    CHECK(status == 0);
  }

  TEST_CASE("at least one CPU is usable") {
    CHECK(usable_cpus() >= 1);
  }
}
