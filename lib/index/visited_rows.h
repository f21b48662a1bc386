// Which rows one walk through a graph has come upon.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace imsearch {

/// Marks of one thread. A new walk makes those of earlier ones void by counting
/// up, instead of clearing an array as long as the index; that is needed only
/// when 16 bits have run out, once in some 65,000 walks.
class VisitedRows {
 public:
  explicit VisitedRows(std::size_t rows) : marks_(rows) {}

  void start() {
    if (++epoch_ != 0) return;
    std::fill(marks_.begin(), marks_.end(), std::uint16_t{0});
    epoch_ = 1;
  }

  void add(std::uint32_t row) { marks_[row] = epoch_; }

  /// Adds the `count` rows of `links` and writes those that were not there
  /// to `unvisited`, which has room for all. Passes over what is no row. Calls
  /// fetch(row) for each that it looks at.
  template <typename Fetch>
  std::size_t add_unvisited(const std::uint32_t* links, std::size_t count,
                            std::uint32_t* unvisited, const Fetch& fetch) {
    // Locals, since a prefetch makes the compiler read members again.
    std::uint16_t* const marks = marks_.data();
    const std::size_t rows = marks_.size();
    const std::uint16_t epoch = epoch_;
    std::size_t found = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint32_t link = links[i];
      if (link >= rows) continue;
      fetch(link);
      // A quarter are already visited, unpredictably: avoid the branch.
      unvisited[found] = link;
      found += marks[link] != epoch ? 1 : 0;
      marks[link] = epoch;
    }
    return found;
  }

  static constexpr std::size_t kBytesPerRow = sizeof(std::uint16_t);

 private:
  std::vector<std::uint16_t> marks_;  // == epoch_: in this walk
  std::uint16_t epoch_ = 0;
};

}  // namespace imsearch
