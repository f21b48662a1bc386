#include "io/memory_turn.h"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>
#include <vector>

using namespace imsearch;

namespace {

constexpr std::uint64_t kMegabyte = 1'000'000;

MemoryTurns::Bytes always(std::uint64_t bytes) {
  return [bytes] { return bytes; };
}

/// Runs `body` in a thread, and tells whether it has come to an end.
class Worker {
 public:
  template <typename Body>
  explicit Worker(Body body)
      : thread_([this, body] {
          body();
          done_ = true;
        }) {}
  ~Worker() { thread_.join(); }

  bool done() const { return done_; }
  void wait() const {
    while (!done_) std::this_thread::yield();
  }

 private:
  std::atomic<bool> done_{false};
  std::thread thread_;
};

void take(MemoryTurns& turns, std::uint64_t bytes) {
  MemoryTurn turn(turns);
  turn.grow(bytes, "it");
}

}  // namespace

TEST_SUITE("io") {
  TEST_CASE("fault 10: what needs more memory than there is is told so") {
    MemoryTurns turns(always(180 * kMegabyte), always(180 * kMegabyte));
    MemoryTurn turn(turns);
    CHECK(turn.small_bytes() == 180 * kMegabyte / 8);
    turn.grow(turn.small_bytes(), "a small one");
    CHECK_THROWS_WITH_AS(
        turn.grow(243 * kMegabyte, "9000 x 9000 pixels"),
        "needs 275 MB of memory for 9000 x 9000 pixels, 180 MB available",
        NotEnoughMemory);
    turn.grow(100 * kMegabyte, "what fits");
  }

  TEST_CASE("fault 10: what others hold just now is no reason to refuse") {
    MemoryTurns turns(always(180 * kMegabyte), always(275 * kMegabyte));
    MemoryTurn turn(turns);
    CHECK_THROWS_WITH_AS(
        turn.grow(243 * kMegabyte, "9000 x 9000 pixels"),
        "needs 275 MB of memory for 9000 x 9000 pixels, 180 MB available now",
        OutOfMemory);
    CHECK_THROWS_AS(turn.grow(244 * kMegabyte, "it"), NotEnoughMemory);
  }

  TEST_CASE("fault 10: after a refusal all others have their turns") {
    MemoryTurns turns(always(100 * kMegabyte), always(100 * kMegabyte));
    CHECK_THROWS_AS(take(turns, 100 * kMegabyte), NotEnoughMemory);
    take(turns, 50 * kMegabyte);
    take(turns, 1);
  }

  TEST_CASE("fault 10: of two large ones the second waits") {
    MemoryTurns turns(always(10'000 * kMegabyte), always(10'000 * kMegabyte));
    auto first = std::make_unique<MemoryTurn>(turns);
    CHECK(first->small_bytes() == 96 * kMegabyte);
    first->grow(200 * kMegabyte, "it");
    Worker second([&] { take(turns, 200 * kMegabyte); });
    // Small ones go on meanwhile.
    for (int i = 0; i < 100; ++i) take(turns, 10 * kMegabyte);
    CHECK(!second.done());
    first.reset();
    second.wait();
  }

  TEST_CASE("fault 10: a large one waits for the room that small ones hold") {
    MemoryTurns turns(always(200 * kMegabyte),
                      always(200 * kMegabyte));  // small ones: 25
    auto small = std::make_unique<MemoryTurn>(turns);
    std::atomic<bool> ended{false};
    Worker large([&] {
      take(turns, 160 * kMegabyte);  // 186 with its margin
      CHECK(ended);
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    ended = true;
    small.reset();
    large.wait();
  }

  TEST_CASE("no more small ones are at work than half the memory holds") {
    MemoryTurns turns(always(80 * kMegabyte),
                      always(80 * kMegabyte));  // four of 10
    std::vector<std::unique_ptr<MemoryTurn>> held(4);
    for (auto& turn : held) turn = std::make_unique<MemoryTurn>(turns);
    std::atomic<bool> ended{false};
    Worker fifth([&] {
      take(turns, 1);
      CHECK(ended);
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    ended = true;
    held.pop_back();
    fifth.wait();
  }

  TEST_CASE("who is alone has waited for all, and none begins") {
    MemoryTurns turns(always(10'000 * kMegabyte), always(10'000 * kMegabyte));
    auto alone = std::make_unique<MemoryTurn>(turns);
    auto other = std::make_unique<MemoryTurn>(turns);
    std::atomic<bool> ended{false};
    {
      Worker worker([&] {
        alone->be_alone();
        CHECK(ended);
      });
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
      ended = true;
      other.reset();
    }
    ended = false;
    Worker later([&] {
      take(turns, 1);
      CHECK(ended);
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    ended = true;
    alone.reset();
    later.wait();
  }

  TEST_CASE("many threads of all kinds come to an end") {
    MemoryTurns turns(always(100 * kMegabyte), always(100 * kMegabyte));
    std::vector<std::thread> threads;
    for (unsigned t = 0; t < 8; ++t)
      threads.emplace_back([&, t] {
        for (unsigned i = 0; i < 200; ++i) {
          MemoryTurn turn(turns);
          if ((t + i) % 3 == 0) turn.grow(50 * kMegabyte, "it");
          if ((t + i) % 7 == 0) turn.be_alone();
        }
      });
    for (std::thread& thread : threads) thread.join();
    take(turns, 1);
  }
}
