// The k best hits of a stream of hits.
#pragma once

#include "base/search.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace imsearch {

/// Keeps the k (> 0) least hits offered so far, by operator<: nearest first,
/// ties by row, whatever order they come in.
class TopK {
 public:
  explicit TopK(std::size_t k) : k_(k) {}

  bool would_take(const Hit& hit) const {
    return heap_.size() < k_ || hit < heap_.front();
  }

  bool full() const { return heap_.size() == k_; }
  /// The farthest of those kept, of which there must be one.
  const Hit& worst() const { return heap_.front(); }

  /// Adds a hit that it would_take().
  void take(const Hit& hit) {
    if (heap_.size() == k_) {
      std::pop_heap(heap_.begin(), heap_.end());
      heap_.pop_back();
    }
    heap_.push_back(hit);
    std::push_heap(heap_.begin(), heap_.end());
  }

  void take_all(const TopK& other) {
    for (const Hit& hit : other.heap_)
      if (would_take(hit)) take(hit);
  }

  /// The hits, nearest first; empties *this.
  Hits sorted() {
    Hits hits = std::exchange(heap_, {});
    std::sort_heap(hits.begin(), hits.end());
    return hits;
  }

 private:
  std::size_t k_;
  Hits heap_;  // the worst one in front
};

}  // namespace imsearch
