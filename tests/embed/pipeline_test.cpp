#include "embed/pipeline.h"

#include "embed/load_input.h"
#include "io/memory.h"
#include "support/temp_dir.h"

#include "base/error.h"

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <optional>
#include <thread>
#include <vector>

using namespace imsearch;
using namespace imsearch::test;

namespace {

/// Gives the mean of the input as a feature of two floats; slow where asked.
class MeanEngine final : public Engine {
 public:
  explicit MeanEngine(std::size_t floats, std::atomic<int>* running = nullptr)
      : floats_(floats), running_(running) {}

  std::size_t dim() const override { return 2; }
  void embed(const float* input, float* feature) override {
    if (running_ != nullptr) ++*running_;
    double sum = 0;
    for (std::size_t i = 0; i < floats_; ++i) sum += double{input[i]};
    feature[0] = static_cast<float>(sum / static_cast<double>(floats_));
    feature[1] = -feature[0];
    // Earlier images take longer, so that results come out of order.
    if (feature[0] < 0.0F)
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  std::unique_ptr<Engine> clone() const override {
    return std::make_unique<MeanEngine>(*this);
  }

 private:
  std::size_t floats_;
  std::atomic<int>* running_;
};

class FailingEngine final : public Engine {
 public:
  std::size_t dim() const override { return 2; }
  void embed(const float*, float*) override { fail("network: no"); }
  std::unique_ptr<Engine> clone() const override {
    return std::make_unique<FailingEngine>();
  }
};

/// Wants batches, and notes the largest that it got. Begins when 12 images were
/// taken, so that some are ready together.
class BatchEngine final : public Engine {
 public:
  BatchEngine(std::size_t floats, const std::atomic<int>& taken,
              std::atomic<std::size_t>& largest)
      : single_(floats), taken_(&taken), largest_(&largest) {}

  std::size_t dim() const override { return 2; }
  std::size_t batch() const override { return 8; }
  void embed(const float*, float*) override { fail("one by one"); }
  void embed_batch(const std::vector<const float*>& inputs,
                   const std::vector<float*>& features) override {
    if (inputs.size() != features.size() || inputs.empty() ||
        inputs.size() > batch())
      throw DeviceError("a batch of the wrong size");
    if (inputs.size() > *largest_) *largest_ = inputs.size();
    while (*taken_ < 12)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    for (std::size_t i = 0; i < inputs.size(); ++i)
      single_.embed(inputs[i], features[i]);
  }
  std::unique_ptr<Engine> clone() const override {
    return std::make_unique<BatchEngine>(*this);
  }

 private:
  MeanEngine single_;
  const std::atomic<int>* taken_;
  std::atomic<std::size_t>* largest_;
};

class LostDevice final : public Engine {
 public:
  std::size_t dim() const override { return 2; }
  void embed(const float*, float*) override { throw DeviceError("lost"); }
  std::unique_ptr<Engine> clone() const override {
    return std::make_unique<LostDevice>();
  }
};

/// A 4x4 PPM, all grey of one value.
std::string grey_ppm(int value) {
  return "P6\n4 4\n255\n" + std::string(48, static_cast<char>(value));
}

Preprocessing small() {
  Preprocessing preprocessing;
  preprocessing.input_size = 32;
  return preprocessing;
}

/// What a run gave, one line an image.
std::vector<std::string> lines_of(const PathSource& paths, unsigned threads,
                                  const Engine& engine) {
  std::vector<std::string> lines;
  PipelineParams params;
  params.threads = threads;
  PipelineSink sink;
  sink.on_row = [&](std::size_t i, const float* feature, const FileFacts&) {
    // Back to the grey that x / 127.5 - 1 came from.
    lines.push_back(fmt::format("{} {} {}", i,
                                std::lround((feature[0] + 1) * 127.5F),
                                feature[1] == -feature[0]));
  };
  sink.on_bad = [&](std::size_t i, const std::string& reason,
                    const FileFacts&) {
    lines.push_back(fmt::format("{} {}", i, reason));
  };
  run_pipeline(paths, small(), engine, params, sink);
  return lines;
}

/// 200 images, every seventh bad, and the lines that they give.
struct Series {
  TempDir dir;
  Names names;
  std::vector<std::string> lines;
  std::atomic<int> taken{0};

  PathSource source() {
    taken = 0;
    return [this]() -> std::optional<std::string> {
      const auto i = static_cast<std::size_t>(taken++);
      if (i >= names.size()) return std::nullopt;
      return std::string(names[i]);
    };
  }

  Series() {
    for (int i = 0; i < 200; ++i) {
      const std::string name = fmt::format("{}.ppm", i);
      const bool bad = i % 7 == 3;
      names.append(dir.write(name, bad ? "" : grey_ppm(i)));
      lines.push_back(bad ? fmt::format("{} empty file", i)
                          : fmt::format("{} {} true", i, i));
    }
  }
};

PipelineSink ignoring_sink() {
  return {[](std::size_t, const float*, const FileFacts&) {},
          [](std::size_t, const std::string&, const FileFacts&) {}};
}

/// Leaves this process `bytes` more of data than it has, or all.
void limit_data(std::optional<std::uint64_t> bytes) {
  rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};
  if (bytes) {
    limit.rlim_cur = std::uint64_t{1} << 40;
    ::setrlimit(RLIMIT_DATA, &limit);
    limit.rlim_cur = limit.rlim_cur - limited_memory_bytes() + *bytes;
  }
  ::setrlimit(RLIMIT_DATA, &limit);
}

/// Whether a run without memory for an image throws, naming it, tells no image
/// bad, and reads the image later, when there is memory.
bool ends_for_lack_of_memory() {
  const TempDir dir;
  std::string pgm = "P5\n4000 2500\n255\n";
  pgm.resize(pgm.size() + std::size_t{4000} * 2500, 'x');
  const std::string path = dir.write("large.pgm", pgm);
  Names names;
  names.append(path);
  std::vector<float> input(small().input_floats());
  load_input(path, small(), input.data());  // knows now what memory there is
  bool good = true;
  PipelineSink sink = ignoring_sink();
  sink.on_bad = [&](std::size_t, const std::string&, const FileFacts&) {
    good = false;
  };
  PipelineParams params;
  params.threads = 1;
  limit_data(std::uint64_t{24} << 20);
  std::string reason;
  try {
    run_pipeline(names, small(), MeanEngine(1), params, sink);
  } catch (const Error& e) {
    reason = e.what();
  }
  limit_data({});
  load_input(path, small(), input.data());
  return good && reason.rfind(path + ": the system refused memory", 0) == 0;
}

}  // namespace

TEST_SUITE("embed") {
  TEST_CASE("rows come in input order, bad images between them") {
    Series series;
    const MeanEngine engine(small().input_floats());
    CHECK(lines_of(series.source(), 1, engine) == series.lines);
    CHECK(lines_of(series.source(), 3, engine) == series.lines);
  }

  TEST_CASE("batches give the same rows, in the same order") {
    Series series;
    for (const unsigned threads : {1U, 4U}) {
      std::atomic<std::size_t> largest{0};
      const BatchEngine engine(small().input_floats(), series.taken, largest);
      CHECK(lines_of(series.source(), threads, engine) == series.lines);
      CHECK(largest > 1);
      CHECK(largest <= 8);
    }
  }

  TEST_CASE("a device that fails ends the run") {
    Series series;
    CHECK_THROWS_WITH_AS(lines_of(series.source(), 2, LostDevice()), "lost",
                         DeviceError);
  }

  TEST_CASE("a failure is told before a source that waits is waited for") {
    const TempDir dir;
    const std::string path = dir.write("a.ppm", grey_ppm(1));
    std::atomic<int> taken{0};
    std::atomic<bool> told{false};
    const PathSource source = [&]() -> std::optional<std::string> {
      if (taken++ == 0) return path;
      while (!told) std::this_thread::sleep_for(std::chrono::milliseconds(1));
      return std::nullopt;
    };
    PipelineParams params;
    params.on_failure = [&] {
      CHECK_THROWS_WITH_AS(throw, "lost", DeviceError);
      told = true;
    };
    CHECK_THROWS_WITH_AS(
        run_pipeline(source, small(), LostDevice(), params, ignoring_sink()),
        "lost", DeviceError);
    CHECK(told);
  }

  TEST_CASE("no images give no rows") {
    CHECK(lines_of([] { return std::nullopt; }, 2, MeanEngine(1)).empty());
  }

  TEST_CASE("a run that begins in the middle keeps the numbers of the list") {
    const TempDir dir;
    Names names;
    for (int i = 0; i < 5; ++i)
      names.append(i == 3 ? "absent.jpg"
                          : dir.write(fmt::format("{}.ppm", i), grey_ppm(i)));
    std::vector<std::string> seen;
    PipelineSink sink;
    sink.on_row = [&](std::size_t i, const float*, const FileFacts&) {
      seen.push_back(fmt::format("row {}", i));
    };
    sink.on_bad = [&](std::size_t i, const std::string&, const FileFacts&) {
      seen.push_back(fmt::format("bad {}", i));
    };
    PipelineParams params;
    params.first = 2;
    run_pipeline(names, small(), MeanEngine(small().input_floats()), params,
                 sink);
    CHECK(seen == std::vector<std::string>{"row 2", "bad 3", "row 4"});
  }

  TEST_CASE("a slow image holds back the others: memory is bounded") {
    const TempDir dir;
    const std::string path = dir.write("a.ppm", grey_ppm(200));
    std::atomic<int> taken{0};
    const PathSource source = [&]() -> std::optional<std::string> {
      return ++taken <= 1000 ? std::optional<std::string>(path) : std::nullopt;
    };
    int most_ahead = 0;
    PipelineSink sink = ignoring_sink();
    sink.on_row = [&](std::size_t i, const float*, const FileFacts&) {
      // The first row is held up until the threads have run as far as they can.
      if (i == 0) std::this_thread::sleep_for(std::chrono::milliseconds(200));
      most_ahead = std::max(most_ahead, taken - static_cast<int>(i));
    };
    PipelineParams params;
    params.threads = 2;
    const Preprocessing preprocessing = small();
    run_pipeline(source, preprocessing,
                 MeanEngine(preprocessing.input_floats()), params, sink);
    CHECK(taken == 1001);
    CHECK(most_ahead <= 33);  // 16 images a thread, and the one asked for
  }

  TEST_CASE("an exception of the sink stops the run and reaches the caller") {
    const TempDir dir;
    const std::string path = dir.write("a.ppm", grey_ppm(200));
    std::atomic<int> embedded{0};
    PipelineSink sink = ignoring_sink();
    sink.on_row = [&](std::size_t i, const float*, const FileFacts&) {
      if (i == 10) fail("disk full");
    };
    const Preprocessing preprocessing = small();
    const PathSource endless = [&] { return std::optional<std::string>(path); };
    CHECK_THROWS_WITH_AS(
        run_pipeline(endless, preprocessing,
                     MeanEngine(preprocessing.input_floats(), &embedded), {},
                     sink),
        "disk full", Error);
    CHECK(embedded >= 10);
  }

  TEST_CASE("an exception of the source reaches the caller") {
    int calls = 0;
    const PathSource source = [&]() -> std::optional<std::string> {
      if (++calls == 3) fail("standard input: gone");
      return "absent.jpg";
    };
    CHECK_THROWS_WITH_AS(
        run_pipeline(source, small(), MeanEngine(1), {}, ignoring_sink()),
        "standard input: gone", Error);
  }

  TEST_CASE("what the network refuses is a bad image") {
    const TempDir dir;
    Names names;
    names.append(dir.write("a.ppm", grey_ppm(1)));
    PipelineSink sink = ignoring_sink();
    std::string reason;
    sink.on_bad = [&](std::size_t, const std::string& text, const FileFacts&) {
      reason = text;
    };
    run_pipeline(names, small(), FailingEngine(), {}, sink);
    CHECK(reason == "network: no");
  }

  TEST_CASE("a feature that is not a number is a bad image") {
    const TempDir dir;
    Names names;
    names.append(dir.write("a.ppm", grey_ppm(1)));
    PipelineSink sink = ignoring_sink();
    std::string reason;
    sink.on_bad = [&](std::size_t, const std::string& text, const FileFacts&) {
      reason = text;
    };
    run_pipeline(names, small(), MeanEngine(0), {}, sink);  // 0 / 0
    CHECK(reason == "its feature has a value that is not a finite number");
  }

  TEST_CASE("stage times are measured") {
    const TempDir dir;
    Names names;
    for (int i = 0; i < 20; ++i)
      names.append(dir.write(fmt::format("{}.ppm", i), grey_ppm(10)));
    PipelineParams params;
    params.threads = 1;
    const Preprocessing preprocessing = small();
    const StageTimes times = run_pipeline(
        names, preprocessing, MeanEngine(preprocessing.input_floats()), params,
        ignoring_sink());
    // Each of these images keeps the engine busy for 2 ms at least.
    CHECK(times.network_s >= 0.040);
    CHECK(times.wall_s >= 0.040);
    CHECK(times.decode_s > 0);
    CHECK(times.wait_s > 0);
  }

  TEST_CASE("what is not a regular file is refused without waiting for it") {
    const TempDir dir;
    const std::string fifo = dir / "x.jpg";
    REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
    std::vector<float> input(small().input_floats());
    const auto reason = [&](const std::string& path) -> std::string {
      try {
        load_input(path, small(), input.data());
      } catch (const Error& e) {
        return e.what();
      }
      return "";
    };
    CHECK(reason(fifo) == "not a regular file");
    CHECK(reason(dir.path()) == "a directory, not an image");
    CHECK(reason(dir / "absent.jpg") == "No such file or directory");
    CHECK(reason("-") == "No such file or directory");
    CHECK(reason(dir.write("empty.jpg", "")) == "empty file");
    CHECK(reason(dir.write("a.ppm", grey_ppm(255))).empty());
    CHECK(input.front() == 1.0F);
  }

  TEST_CASE("an image of more than 96 MB of pixels is read in its turn") {
    const TempDir dir;
    constexpr std::size_t kPixels = std::size_t{8400} * 4000;
    std::string pgm = "P5\n8400 4000\n255\n";
    pgm.resize(pgm.size() + kPixels, '\xff');
    const std::string path = dir.write("large.pgm", pgm);
    std::vector<float> input(small().input_floats());
    load_input(path, small(), input.data());
    CHECK(input.front() == 1.0F);
    CHECK(input.back() == 1.0F);
  }

  TEST_CASE("fault 10: a lack of memory ends the run and spoils no image") {
    // In a process of its own, where an image of 30 MB finds 8 MB.
    const pid_t child = ::fork();
    if (child == 0) ::_exit(ends_for_lack_of_memory() ? 0 : 1);
    int status = 0;
    ::waitpid(child, &status, 0);
    CHECK(status == 0);
  }
}
