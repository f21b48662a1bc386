// Decoders take the next path, decode into a slot of a ring, and put its number
// into a queue; networks take what is decoded, in batches where the engine
// likes them; the caller's thread hands the results on in input order. A slot
// is free again once its result was handed on, which bounds memory and keeps
// the stages in step.
//
// Invariants, under `mutex_`: emitted_ <= finished_ <= taken_, and taken_ is at
// most emitted_ plus the number of slots, so that the images in flight never
// share a slot. A slot belongs to the decoder that took its number, then to the
// network that took it from the queue, then, once it is `done`, to the caller's
// thread; so its input and its feature need no lock.
#include "embed/pipeline.h"

#include "base/error.h"
#include "base/interrupt.h"
#include "base/parallel_for.h"
#include "base/stopwatch.h"
#include "embed/load_input.h"
#include "io/memory_turn.h"
#include "io/text.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace imsearch {
namespace {

/// Images in flight: enough that a slow one between quick ones leaves nobody
/// idle for long, within bounded memory.
constexpr std::size_t kSlotsPerThread = 16;
constexpr std::size_t kInFlightBytes = std::size_t{256} << 20;
constexpr std::chrono::milliseconds kInterruptPeriod(50);

/// At least two images for each decoder; a batch for each network, and one that
/// is gathered.
std::size_t slot_count(const Preprocessing& preprocessing, const Engine& engine,
                       unsigned threads) {
  const std::size_t fitting =
      kInFlightBytes / (preprocessing.input_floats() * sizeof(float));
  const std::size_t wanted = kSlotsPerThread * threads;
  std::size_t least = std::size_t{2} * threads;
  if (engine.batch() > 1)
    least = std::max(least, (engine.replicas(threads) + 1) * engine.batch());
  return std::max(std::min(wanted, fitting), least);
}

/// Why it cannot be a row; empty: it can.
std::string check_feature(const std::vector<float>& feature) {
  const bool finite = std::all_of(feature.begin(), feature.end(),
                                  [](float x) { return std::isfinite(x); });
  return finite ? "" : "its feature has a value that is not a finite number";
}

/// The work of one image. A ring of them is all the memory there is: image i
/// uses slot i modulo their number, and none begins before that is free.
struct Slot {
  std::vector<float> input;
  std::vector<float> feature;
  FileFacts facts;
  std::string reason;  // not empty: a bad image
  bool done = false;
};

class Pipeline {
 public:
  Pipeline(const ImageSource& images, const Preprocessing& preprocessing,
           const Engine& engine, unsigned threads, std::size_t first)
      : images_(images),
        preprocessing_(preprocessing),
        dim_(engine.dim()),
        first_(first),
        slots_(slot_count(preprocessing, engine, threads)) {}

  /// The body of a decoder thread.
  void decode_all();
  /// The body of a network thread.
  void embed_all(Engine& engine);
  /// Hands the results to the sink, in the caller's thread. Throws what any
  /// thread met.
  void emit_all(const PipelineSink& sink);
  /// Makes all threads end; without effect when they have.
  void stop();

  StageTimes times() const { return times_; }

 private:
  using Lock = std::unique_lock<std::mutex>;

  Slot& slot(std::size_t i) { return slots_[i % slots_.size()]; }
  bool take(std::size_t& i, PendingImage& image);
  std::vector<std::size_t> take_decoded(std::size_t most);
  std::string embed(Engine& engine, const std::vector<std::size_t>& images);
  void finish(std::size_t i, std::string reason);
  void fail_all();

  const ImageSource& images_;
  const Preprocessing& preprocessing_;
  std::size_t dim_;
  std::size_t first_;  // the number that the sink knows image 0 by
  std::vector<Slot> slots_;

  std::mutex source_mutex_;  // held while the source is asked
  std::mutex mutex_;         // the rest
  std::condition_variable room_;
  std::condition_variable decoded_ready_;
  std::condition_variable done_ready_;
  std::deque<std::size_t> decoded_;
  std::size_t taken_ = 0;    // images that the source gave
  std::size_t emitted_ = 0;  // images that the sink has seen
  bool source_ended_ = false;
  std::size_t finished_ = 0;  // images with a result
  bool stopped_ = false;
  std::exception_ptr error_;
  StageTimes times_;
};

bool Pipeline::take(std::size_t& i, PendingImage& image) {
  const std::lock_guard<std::mutex> my_turn(source_mutex_);
  {
    Lock lock(mutex_);
    room_.wait(lock, [&] {
      return stopped_ || source_ended_ || taken_ - emitted_ < slots_.size();
    });
    if (stopped_ || source_ended_) return false;
  }
  // Without mutex_: the source may wait for its pipe, while results of earlier
  // images go on.
  std::optional<PendingImage> next = images_();
  const Lock lock(mutex_);
  if (!next) {
    source_ended_ = true;
    decoded_ready_.notify_all();
    done_ready_.notify_all();
    return false;
  }
  image = std::move(*next);
  i = taken_++;
  return true;
}

void Pipeline::decode_all() {
  try {
    std::size_t i = 0;
    PendingImage image;
    double busy_s = 0;
    while (take(i, image)) {
      const Stopwatch watch;
      std::string reason;
      const std::string path = image.path;
      try {
        slot(i).input.resize(preprocessing_.input_floats());
        slot(i).feature.resize(dim_);
        load_input(std::move(image), preprocessing_, slot(i).input.data(),
                   slot(i).facts);
      } catch (const Interrupted&) {
        throw;
      } catch (const OutOfMemory& e) {
        fail("{}: {}", escape_field(path), e.what());
      } catch (const Error& e) {
        reason = e.what();
      }
      busy_s += watch.seconds();
      if (!reason.empty()) {
        finish(i, std::move(reason));
        continue;
      }
      const Lock lock(mutex_);
      decoded_.push_back(i);
      decoded_ready_.notify_one();
    }
    const Lock lock(mutex_);
    times_.decode_s += busy_s;
  } catch (...) {
    fail_all();
  }
}

/// What is decoded, at least one image, none at the end. It does not wait for
/// more: while a network works on few, many become ready for the next.
std::vector<std::size_t> Pipeline::take_decoded(std::size_t most) {
  const Stopwatch watch;
  Lock lock(mutex_);
  decoded_ready_.wait(lock, [&] {
    return stopped_ || !decoded_.empty() ||
           (source_ended_ && finished_ == taken_);
  });
  times_.wait_s += watch.seconds();
  std::vector<std::size_t> images;
  while (!stopped_ && !decoded_.empty() && images.size() < most) {
    images.push_back(decoded_.front());
    decoded_.pop_front();
  }
  return images;
}

/// Gives the reason why they have no features; empty: they have.
std::string Pipeline::embed(Engine& engine,
                            const std::vector<std::size_t>& images) {
  std::vector<const float*> inputs;
  std::vector<float*> features;
  for (const std::size_t i : images) {
    inputs.push_back(slot(i).input.data());
    features.push_back(slot(i).feature.data());
  }
  try {
    engine.embed_batch(inputs, features);
  } catch (const DeviceError&) {
    throw;
  } catch (const Error& e) {
    return e.what();
  }
  return "";
}

void Pipeline::embed_all(Engine& engine) {
  try {
    double busy_s = 0;
    for (auto images = take_decoded(engine.batch()); !images.empty();
         images = take_decoded(engine.batch())) {
      const Stopwatch watch;
      const std::string reason = embed(engine, images);
      busy_s += watch.seconds();
      for (const std::size_t i : images)
        finish(i, reason.empty() ? check_feature(slot(i).feature) : reason);
    }
    const Lock lock(mutex_);
    times_.network_s += busy_s;
  } catch (...) {
    fail_all();
  }
}

void Pipeline::finish(std::size_t i, std::string reason) {
  const Lock lock(mutex_);
  slot(i).reason = std::move(reason);
  slot(i).done = true;
  ++finished_;
  if (i == emitted_) done_ready_.notify_one();
  if (source_ended_ && finished_ == taken_) decoded_ready_.notify_all();
}

void Pipeline::emit_all(const PipelineSink& sink) {
  for (std::size_t i = 0;; ++i) {
    {
      Lock lock(mutex_);
      while (!stopped_ && !slot(i).done && !(source_ended_ && i == taken_)) {
        // A signal wakes no condition variable, so it is looked for now and
        // then.
        done_ready_.wait_for(lock, kInterruptPeriod);
        check_interrupt();
      }
      if (error_) std::rethrow_exception(error_);
      if (!slot(i).done) return;
    }
    check_interrupt();
    if (slot(i).reason.empty())
      sink.on_row(first_ + i, slot(i).feature.data(), slot(i).facts);
    else
      sink.on_bad(first_ + i, slot(i).reason, slot(i).facts);
    const Lock lock(mutex_);
    slot(i).done = false;
    emitted_ = i + 1;
    room_.notify_one();
  }
}

void Pipeline::stop() {
  const Lock lock(mutex_);
  stopped_ = true;
  room_.notify_all();
  decoded_ready_.notify_all();
  done_ready_.notify_all();
}

void Pipeline::fail_all() {
  {
    const Lock lock(mutex_);
    if (!error_) error_ = std::current_exception();
  }
  stop();
}

/// Joins its threads when it goes, whatever happened, after making them end.
class Crew {
 public:
  explicit Crew(Pipeline& pipeline) : pipeline_(pipeline) {}
  ~Crew() {
    pipeline_.stop();
    join();
  }
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  template <typename Body>
  void add(Body body) {
    threads_.emplace_back(std::move(body));
  }
  void join() {
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

 private:
  Pipeline& pipeline_;
  std::vector<std::thread> threads_;
};

}  // namespace

StageTimes run_pipeline(const ImageSource& images,
                        const Preprocessing& preprocessing,
                        const Engine& engine, const PipelineParams& params,
                        const PipelineSink& sink) {
  const Stopwatch watch;
  const unsigned threads = params.threads == 0 ? usable_cpus() : params.threads;
  Pipeline pipeline(images, preprocessing, engine, threads, params.first);
  std::vector<std::unique_ptr<Engine>> engines;
  for (unsigned n = 0; n < engine.replicas(threads); ++n)
    engines.push_back(engine.clone());
  {
    Crew crew(pipeline);
    // As many decoders as networks on the CPU: whichever is the bottleneck gets
    // it, since the others then wait.
    for (unsigned t = 0; t < threads; ++t)
      crew.add([&pipeline] { pipeline.decode_all(); });
    for (const auto& mine : engines)
      crew.add([&pipeline, &mine] { pipeline.embed_all(*mine); });
    try {
      pipeline.emit_all(sink);
    } catch (...) {
      if (params.on_failure) params.on_failure();
      throw;
    }
    crew.join();
  }
  StageTimes times = pipeline.times();
  times.wall_s = watch.seconds();
  return times;
}

StageTimes run_pipeline(const PathSource& paths,
                        const Preprocessing& preprocessing,
                        const Engine& engine, const PipelineParams& params,
                        const PipelineSink& sink) {
  const ImageSource source = [&]() -> std::optional<PendingImage> {
    std::optional<std::string> path = paths();
    if (!path) return {};
    PendingImage image;
    image.path = *std::move(path);
    return image;
  };
  return run_pipeline(source, preprocessing, engine, params, sink);
}

StageTimes run_pipeline(const Names& names, const Preprocessing& preprocessing,
                        const Engine& engine, const PipelineParams& params,
                        const PipelineSink& sink) {
  std::size_t next = params.first;
  const PathSource source = [&]() -> std::optional<std::string> {
    if (next == names.size()) return {};
    return std::string(names[next++]);
  };
  return run_pipeline(source, preprocessing, engine, params, sink);
}

}  // namespace imsearch
