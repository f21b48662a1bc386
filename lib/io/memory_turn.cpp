// Small pictures are counted, large ones take turns. A large one waits until so
// few small ones are worked on that there is room for it and for them all, as
// far as the system's available memory tells.
//
// What holds, under the one mutex: at most `most_small_` small turns, which
// together may take half of the memory that was available at the start; at most
// one large turn; while there is a large one, at most `allowed_` small ones
// begin beside it. Nobody reserves memory: a turn only says how much may be
// taken, and the system is asked anew before each large one.
#include "io/memory_turn.h"

#include "io/memory.h"

#include <malloc.h>

#include <algorithm>
#include <utility>

namespace imsearch {
namespace {

/// Room for photos of up to 30 megapixels, or of 16 where JPEG is progressive.
constexpr std::uint64_t kMostSmallBytes = 96'000'000;

constexpr std::uint64_t kMegabyte = 1'000'000;

/// What is taken beside that which was counted: rows, tables, and what the
/// allocator rounds up.
std::uint64_t with_margin(std::uint64_t bytes) {
  return bytes + bytes / 16 + 16 * kMegabyte;
}

/// Rounded up, so that what is needed never looks like what there is.
std::uint64_t megabytes(std::uint64_t bytes) {
  return bytes / kMegabyte + (bytes % kMegabyte == 0 ? 0 : 1);
}

}  // namespace

MemoryTurns::MemoryTurns(Bytes available, Bytes possible)
    : available_(std::move(available)), possible_(std::move(possible)) {
  const std::uint64_t bytes = available_();
  // An eighth each and half in all: some small ones at once on any machine, and
  // the other half for what is not counted.
  small_bytes_ =
      std::clamp<std::uint64_t>(bytes / 8, kMegabyte, kMostSmallBytes);
  most_small_ = std::max<std::uint64_t>(1, bytes / 2 / small_bytes_);
  allowed_ = most_small_;
}

MemoryTurns& MemoryTurns::of_process() {
  static MemoryTurns turns(available_memory_bytes, possible_memory_bytes);
  return turns;
}

MemoryTurn::MemoryTurn(MemoryTurns& turns) : turns_(turns) {
  Lock lock(turns_.mutex_);
  turns_.changed_.wait(lock, [&] { return turns_.small_ < turns_.allowed_; });
  ++turns_.small_;
}

MemoryTurn::~MemoryTurn() {
  const Lock lock(turns_.mutex_);
  if (large_) {
    turns_.large_ = false;
    turns_.allowed_ = turns_.most_small_;
  } else {
    --turns_.small_;
  }
  turns_.changed_.notify_all();
}

/// Gives the small turn up first: two that wait for each other to be small no
/// more would wait for ever.
void MemoryTurn::become_large(Lock& lock) {
  if (large_) return;
  --turns_.small_;
  large_ = true;
  turns_.changed_.notify_all();
  turns_.changed_.wait(lock, [&] { return !turns_.large_; });
  turns_.large_ = true;
}

/// Lets no small one begin until one has ended: only then is there more room
/// than at the last look.
void MemoryTurn::wait_for_fewer(Lock& lock) {
  const std::uint64_t now = turns_.small_;
  turns_.allowed_ = 0;
  turns_.changed_.wait(lock, [&] { return turns_.small_ < now; });
}

void MemoryTurn::refuse(std::uint64_t needed, std::uint64_t available,
                        const std::string& what) const {
  const std::string text =
      fmt::format("needs {} MB of memory for {}, {} MB available",
                  megabytes(needed), what, available / kMegabyte);
  if (needed > turns_.possible_()) throw NotEnoughMemory(text);
  throw OutOfMemory(text + " now");
}

void MemoryTurn::grow(std::uint64_t bytes, const std::string& what) {
  // That much is ours already.
  if (bytes <= turns_.small_bytes_) return;
  const std::uint64_t needed = with_margin(bytes);
  Lock lock(turns_.mutex_);
  become_large(lock);
  for (bool trimmed = false;;) {
    const std::uint64_t available = turns_.available_();
    const std::uint64_t room = available - std::min(available, needed);
    // Small ones may have taken what they may already: they then count twice,
    // and this waits for one more of them than it had to.
    if (available >= needed && turns_.small_ <= room / turns_.small_bytes_) {
      turns_.allowed_ =
          std::min(turns_.most_small_, room / turns_.small_bytes_);
      turns_.changed_.notify_all();
      return;
    }
    if (turns_.small_ > 0) {
      wait_for_fewer(lock);
      continue;
    }
    if (trimmed) refuse(needed, available, what);
    ::malloc_trim(0);  // what was freed, and is kept for later, is there too
    trimmed = true;
  }
}

void MemoryTurn::be_alone() {
  Lock lock(turns_.mutex_);
  become_large(lock);
  // As a large turn it also keeps all others of that kind away.
  turns_.allowed_ = 0;
  while (turns_.small_ > 0) wait_for_fewer(lock);
  ::malloc_trim(0);
}

}  // namespace imsearch
