#include "embed/network_speed.h"

#include "base/error.h"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>
#include <vector>

using namespace imsearch;

namespace {

/// What all replicas of a CountingEngine saw, input by input.
struct Seen {
  explicit Seen(std::size_t inputs) : times(inputs) {}
  std::vector<std::atomic<std::size_t>> times;
  std::atomic<std::size_t> replicas{0};
  std::atomic<bool> moved{false};  // from one thread to another

  std::size_t total() const {
    std::size_t sum = 0;
    for (const auto& count : times) sum += count;
    return sum;
  }
};

/// An input's first value is its number.
class CountingEngine final : public Engine {
 public:
  explicit CountingEngine(Seen& seen, std::size_t batch = 1)
      : seen_(seen), batch_(batch) {}

  std::size_t dim() const override { return 2; }
  std::size_t batch() const override { return batch_; }
  void embed(const float* input, float* feature) override {
    if (thread_ == std::thread::id()) thread_ = std::this_thread::get_id();
    if (thread_ != std::this_thread::get_id()) seen_.moved = true;
    ++seen_.times[static_cast<std::size_t>(input[0])];
    feature[1] = 0;  // there is room for dim() floats
  }
  std::unique_ptr<Engine> clone() const override {
    ++seen_.replicas;
    return std::make_unique<CountingEngine>(seen_, batch_);
  }

 private:
  Seen& seen_;
  std::size_t batch_;
  std::thread::id thread_;
};

class FailingEngine final : public Engine {
 public:
  std::size_t dim() const override { return 2; }
  void embed(const float*, float*) override { fail("network: no"); }
  std::unique_ptr<Engine> clone() const override {
    return std::make_unique<FailingEngine>();
  }
};

const std::vector<std::vector<float>> kInputs = {{0}, {1}, {2}};

}  // namespace

TEST_SUITE("embed") {
  TEST_CASE("every replica warms up on every input and then runs on") {
    Seen seen(kInputs.size());
    const NetworkSpeed speed =
        measure_network(CountingEngine(seen), kInputs, 2, 0.02);
    CHECK(seen.replicas == 2);
    CHECK(!seen.moved);
    CHECK(speed.wall_s >= 0.02);
    CHECK(speed.cpu_s > 0);
    CHECK(speed.images >= 2 * kInputs.size());
    // What came before the clock ran is not counted.
    CHECK(seen.total() == speed.images + 2 * kInputs.size());
    for (const auto& times : seen.times) CHECK(times >= 4);
  }

  TEST_CASE("without time each input is measured once") {
    Seen seen(kInputs.size());
    const NetworkSpeed speed =
        measure_network(CountingEngine(seen), kInputs, 1, 0);
    CHECK(speed.images == kInputs.size());
    for (const auto& times : seen.times) CHECK(times == 2);
  }

  TEST_CASE("batches are filled by going round the inputs") {
    Seen seen(kInputs.size());
    const NetworkSpeed speed =
        measure_network(CountingEngine(seen, 4), kInputs, 1, 0);
    CHECK(speed.images == 4);
    CHECK(seen.times[0] == 4);
    CHECK(seen.times[1] == 2);
    CHECK(seen.times[2] == 2);
  }

  TEST_CASE("an engine that fails ends the measurement") {
    CHECK_THROWS_WITH_AS(measure_network(FailingEngine(), kInputs, 2, 0.02),
                         "network: no", Error);
  }
}
