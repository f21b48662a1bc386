// Comparing many short codes with one, most of them by their first values only.
#pragma once

#include "base/search.h"
#include "simd/kernels.h"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace imsearch {

/// One thread's memory for measuring rows of a graph from one code.
///
/// Codes of projections have the components of largest variance first. The
/// first 64 values, a cache line, are a lower bound of a squared distance, and
/// most rows that a walk meets are too far by these alone. More rows still are
/// if their distance grows with the other values as that of near rows has grown
/// so far: most of that growth is counted on, which hardly ever drops a row
/// that would have been near.
class StagedCodes {
 public:
  /// `codes` [rows, width] must outlive it. They are of projections if
  /// `projects`; others are compared whole. For `most` rows at once.
  StagedCodes(const std::int8_t* codes, std::size_t width, bool projects,
              std::size_t most)
      : codes_(codes),
        width_(width),
        first_bytes_(projects ? kFirst : width),
        distances_(most),
        more_(most),
        found_(most) {}

  /// Of each code, what is read first.
  std::size_t first_bytes() const { return first_bytes_; }

  /// Forgets how distances have grown.
  void start() { first_sum_ = whole_sum_ = 0; }

  /// The `count` rows that are nearer than `limit`, but for a few that most
  /// likely are not, in their order, with their squared distances. The caller
  /// may change what it gets, which is valid until the next call; so may this
  /// what is in `rows`.
  Hit* find_nearer(const std::int8_t* from, float limit, std::uint32_t* rows,
                   std::size_t count, std::size_t& found) {
    kernel_(from, codes_, first_bytes_, width_, rows, count, distances_.data());
    if (first_bytes_ < width_) {
      count = drop_far(limit, rows, count);
      kernel_(from + kFirst, codes_ + kFirst, width_ - kFirst, width_, rows,
              count, more_.data());
    }
    found = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const std::int32_t whole = distances_[i] + more_[i];
      const auto l2sq = static_cast<float>(whole);
      found_[found] = {rows[i], l2sq};
      if (!(l2sq < limit)) continue;
      ++found;
      whole_sum_ += whole;
      first_sum_ += distances_[i];
    }
    return found_.data();
  }

 private:
  static constexpr std::size_t kFirst = 64;
  /// Measured on features of 100,000 photos: up to 0.7 of the growth no
  /// neighbour is lost, at 0.9 one of a thousand, at 1 three.
  static constexpr float kCountedOn = 0.7F;

  std::size_t drop_far(float limit, std::uint32_t* rows, std::size_t count) {
    if (limit == std::numeric_limits<float>::infinity() || first_sum_ == 0)
      return count;
    const float growth =
        static_cast<float>(whole_sum_) / static_cast<float>(first_sum_) - 1;
    const auto longest =
        static_cast<std::int32_t>(limit / (1 + kCountedOn * growth));
    std::size_t kept = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const std::int32_t distance = distances_[i];
      rows[kept] = rows[i];
      distances_[kept] = distance;
      kept += distance <= longest ? 1 : 0;
    }
    return kept;
  }

  const std::int8_t* codes_;
  std::size_t width_;
  std::size_t first_bytes_;
  std::int64_t first_sum_ = 0;  // of near rows
  std::int64_t whole_sum_ = 0;
  decltype(simd::Kernels::l2sq_i8_rows) kernel_ = simd::active().l2sq_i8_rows;
  std::vector<std::int32_t> distances_;
  std::vector<std::int32_t> more_;  // of the other values; else zeros
  Hits found_;
};

}  // namespace imsearch
