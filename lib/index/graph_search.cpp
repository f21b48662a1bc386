#include "index/graph_search.h"

#include "index/prefetch.h"
#include "index/top_k.h"

#include <algorithm>

namespace imsearch {
namespace {

constexpr std::uint32_t kNoRow = 0xFFFFFFFF;
constexpr std::uint32_t kExpanded = 0x80000000;
constexpr std::size_t kAhead = 4;  // codes on their way while one is compared

/// One record of the section `upper`.
struct UpperRecord {
  std::uint32_t row;
  std::uint32_t below;
  const std::uint32_t* links;
  std::size_t count;
};

UpperRecord upper_record(const GraphView& view, std::uint32_t index) {
  const std::uint32_t* words = view.upper + index * upper_stride(view.M);
  return {words[0], words[2], words + 4,
          std::min<std::size_t>(words[3], view.M)};
}

}  // namespace

void CandidatePool::reset(std::size_t capacity) {
  if (entries_.size() < capacity) entries_.resize(capacity);
  capacity_ = capacity;
  size_ = 0;
  first_unexpanded_ = 0;
}

void CandidatePool::push(float l2sq, std::uint32_t row) {
  const auto begin = entries_.begin();
  const auto end = begin + static_cast<std::ptrdiff_t>(size_);
  const auto place = std::upper_bound(
      begin, end, l2sq,
      [](float value, const Hit& c) { return value < c.l2sq; });
  if (size_ < capacity_)
    ++size_;
  else if (place == end)
    return;
  std::move_backward(place, begin + static_cast<std::ptrdiff_t>(size_) - 1,
                     begin + static_cast<std::ptrdiff_t>(size_));
  *place = {row, l2sq};
  first_unexpanded_ =
      std::min(first_unexpanded_, static_cast<std::size_t>(place - begin));
}

std::uint32_t CandidatePool::expand_nearest() {
  const std::uint32_t row = entries_[first_unexpanded_].row;
  entries_[first_unexpanded_].row |= kExpanded;
  while (first_unexpanded_ < size_ &&
         (entries_[first_unexpanded_].row & kExpanded) != 0)
    ++first_unexpanded_;
  return row;
}

Hits CandidatePool::hits() const {
  Hits hits(entries_.begin(),
            entries_.begin() + static_cast<std::ptrdiff_t>(size_));
  for (Hit& hit : hits) hit.row &= ~kExpanded;
  return hits;
}

GraphSearch::GraphSearch(const GraphView& view)
    : view_(&view), visited_(view.rows) {}

float GraphSearch::distance(const CodedQuery& query, std::uint32_t row) const {
  return coded_l2sq(dot_i8_(query.code.data(), view_->code(row), view_->stride),
                    query.scale, view_->scales[row]);
}

Hits GraphSearch::scan(const CodedQuery& query, std::size_t count) const {
  TopK nearest(count);
  for (std::uint32_t row = 0; row < view_->rows; ++row) {
    const Hit hit = {row, distance(query, row)};
    if (nearest.would_take(hit)) nearest.take(hit);
  }
  return nearest.sorted();
}

std::uint32_t GraphSearch::row_of_record(std::uint32_t index) const {
  if (index >= view_->upper_records) return kNoRow;
  const std::uint32_t row = upper_record(*view_, index).row;
  return row < view_->rows ? row : kNoRow;
}

void GraphSearch::fetch(std::uint32_t row) const {
  if (row == kNoRow) return;
  prefetch(view_->code(row), view_->stride);
  prefetch(view_->scales + row, sizeof(float));
}

std::uint32_t GraphSearch::nearest_on_level(const CodedQuery& query,
                                            std::uint32_t index) const {
  float nearest = distance(query, row_of_record(index));
  // Every step comes nearer, so that no damage can make it run in a circle.
  for (bool nearer = true; nearer;) {
    nearer = false;
    const UpperRecord record = upper_record(*view_, index);
    const auto row_of_link = [&](std::size_t i) {
      return i < record.count ? row_of_record(record.links[i]) : kNoRow;
    };
    for (std::size_t i = 0; i < kAhead; ++i) fetch(row_of_link(i));
    for (std::size_t i = 0; i < record.count; ++i) {
      fetch(row_of_link(i + kAhead));
      const std::uint32_t row = row_of_link(i);
      if (row == kNoRow) continue;
      const float l2sq = distance(query, row);
      if (!(l2sq < nearest)) continue;
      nearest = l2sq;
      index = record.links[i];
      nearer = true;
    }
  }
  return index;
}

std::uint32_t GraphSearch::descend(const CodedQuery& query) const {
  std::uint32_t index = view_->entry;
  for (std::uint32_t level = view_->max_level; level > 0; --level) {
    if (row_of_record(index) == kNoRow) return 0;
    index = upper_record(*view_, nearest_on_level(query, index)).below;
  }
  return index < view_->rows ? index : 0;
}

void GraphSearch::start_visiting() {
  if (++epoch_ != 0) return;
  std::fill(visited_.begin(), visited_.end(), std::uint16_t{0});
  epoch_ = 1;
}

void GraphSearch::collect_unvisited(std::uint32_t row) {
  const std::uint32_t* list = view_->links + row * link_stride(view_->M);
  const std::size_t count = std::min<std::size_t>(list[0], 2 * view_->M);
  unvisited_.clear();
  for (std::size_t i = 1; i <= count; ++i) {
    const std::uint32_t link = list[i];
    if (link >= view_->rows || visited_[link] == epoch_) continue;
    visited_[link] = epoch_;
    unvisited_.push_back(link);
  }
}

Hits GraphSearch::with_twins(const Hits& walked, std::size_t max_count) const {
  if (view_->twin_count == 0) return walked;
  Hits all;
  for (const Hit& hit : walked) {
    const std::size_t first = all.size();
    if (first >= max_count) break;
    all.push_back(hit);
    const Twin* end = view_->twins + view_->twin_count;
    const Twin* twin = std::lower_bound(view_->twins, end, Twin{hit.row, 0});
    for (; twin != end && twin->in_graph == hit.row; ++twin) {
      if (all.size() > max_count) break;  // one more: any may be the last row
      if (twin->row < view_->rows) all.push_back({twin->row, hit.l2sq});
    }
    std::sort(all.begin() + static_cast<std::ptrdiff_t>(first), all.end(),
              [](const Hit& a, const Hit& b) { return a.row < b.row; });
  }
  all.resize(std::min(all.size(), max_count));
  return all;
}

Hits GraphSearch::walk(const CodedQuery& query, std::size_t ef) {
  pool_.reset(std::min(ef, view_->rows));
  if (view_->rows == 0) return {};
  start_visiting();
  const std::uint32_t start = descend(query);
  visited_[start] = epoch_;
  pool_.push(distance(query, start), start);
  const auto fetch_unvisited = [&](std::size_t i) {
    if (i < unvisited_.size()) fetch(unvisited_[i]);
  };
  while (pool_.has_unexpanded()) {
    collect_unvisited(pool_.expand_nearest());
    for (std::size_t i = 0; i < kAhead; ++i) fetch_unvisited(i);
    for (std::size_t i = 0; i < unvisited_.size(); ++i) {
      fetch_unvisited(i + kAhead);
      const float l2sq = distance(query, unvisited_[i]);
      if (pool_.takes(l2sq)) pool_.push(l2sq, unvisited_[i]);
    }
    if (pool_.has_unexpanded())
      prefetch(
          view_->links + pool_.nearest_unexpanded() * link_stride(view_->M),
          link_stride(view_->M) * sizeof(std::uint32_t));
  }
  return with_twins(pool_.hits(), ef);
}

}  // namespace imsearch
