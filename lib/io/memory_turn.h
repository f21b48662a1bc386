// Turns at decoding pictures, so that all threads together stay within the
// memory that there is.
//
// A picture's size is known only from its header. Most are small, and many may
// be worked on at once; one that is not waits until no other such is worked on
// and until there is room for it:
//
//   MemoryTurn turn;                  // up to turn.small_bytes() are ours
//   ...                               // the header says that it takes more
//   turn.grow(bytes, "9000 x 9000 pixels");
#pragma once

#include "base/error.h"

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>

namespace imsearch {

/// Something needs more memory than this process could ever have here. The text
/// gives both numbers.
struct NotEnoughMemory : Error {
  using Error::Error;
};

/// There is no memory just now, although nothing else is decoded: this says
/// nothing about the image, and later it may be different.
struct OutOfMemory : Error {
  using Error::Error;
};

/// What the threads that take turns share. Thread-safe.
class MemoryTurns {
 public:
  using Bytes = std::function<std::uint64_t()>;

  /// `available`: memory that there is, at any time: asked now for how much a
  /// small turn may take (an eighth, at most 96 MB) and how many there may be
  /// (all of them a half), and again for each large one. `possible`: memory
  /// that there would be if nobody else used any.
  MemoryTurns(Bytes available, Bytes possible);

  /// Those of this process, within available_memory_bytes() and
  /// possible_memory_bytes().
  static MemoryTurns& of_process();

 private:
  friend class MemoryTurn;

  Bytes available_;
  Bytes possible_;
  std::uint64_t small_bytes_;
  std::uint64_t most_small_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t small_ = 0;    // turns held
  std::uint64_t allowed_ = 0;  // of these, beside the large one
  bool large_ = false;         // a turn is held
};

/// A turn, from construction to destruction. For one thread, which must not
/// hold another.
class MemoryTurn {
 public:
  /// Waits for a small turn.
  explicit MemoryTurn(MemoryTurns& turns = MemoryTurns::of_process());
  ~MemoryTurn();
  MemoryTurn(const MemoryTurn&) = delete;
  MemoryTurn& operator=(const MemoryTurn&) = delete;

  std::uint64_t small_bytes() const { return turns_.small_bytes_; }

  /// Makes the turn one for `bytes` more than is held now: without effect if a
  /// small one does, else as soon as there is room. Throws if there is none for
  /// it alone: "needs 290 MB of memory for WHAT, 180 MB available";
  /// NotEnoughMemory if there never could be, OutOfMemory otherwise. A
  /// sixteenth and 16 MB are added for what surrounds it.
  void grow(std::uint64_t bytes, const std::string& what);

  /// Waits until no other turn is held, and lets none begin.
  void be_alone();

 private:
  using Lock = std::unique_lock<std::mutex>;

  void become_large(Lock& lock);
  void wait_for_fewer(Lock& lock);
  [[noreturn]] void refuse(std::uint64_t needed, std::uint64_t available,
                           const std::string& what) const;

  MemoryTurns& turns_;
  bool large_ = false;
};

}  // namespace imsearch
