#include "index/graph_search.h"

#include "simd/prefetch.h"

#include <algorithm>

namespace imsearch {
namespace {

constexpr std::uint32_t kNoRow = 0xFFFFFFFF;
constexpr std::uint32_t kExpanded = 0x80000000;
/// Of a code, on the way while its row is met. What is longer is fetched as
/// the rows are measured: all at once would be more than a core waits for.
constexpr std::size_t kFetchedBytes = 128;

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
    : view_(&view),
      met_(2 * view.M),
      distances_(2 * view.M),
      visited_(view.rows) {}

void GraphSearch::measure(const std::int8_t* query) {
  l2sq_i8_rows_(query, view_->reduced, view_->width, met_.data(), met_count_,
                distances_.data());
}

void GraphSearch::fetch_next_links() const {
  if (pool_.has_unexpanded())
    prefetch(view_->links + pool_.nearest_unexpanded() * link_stride(view_->M),
             link_stride(view_->M) * sizeof(std::uint32_t));
}

std::uint32_t GraphSearch::row_of_record(std::uint32_t index) const {
  if (index >= view_->upper_records) return kNoRow;
  const std::uint32_t row = view_->upper_record(index).row;
  return row < view_->rows ? row : kNoRow;
}

std::uint32_t GraphSearch::nearest_on_level(const std::int8_t* query,
                                            std::uint32_t index) {
  meet_alone(row_of_record(index));
  measure(query);
  std::int32_t nearest = distances_[0];
  std::vector<std::uint32_t> records;
  // Every step comes nearer, so that no damage can make it run in a circle.
  for (bool nearer = true; nearer;) {
    nearer = false;
    const UpperRecord record = view_->upper_record(index);
    met_count_ = 0;
    records.clear();
    for (std::size_t i = 0; i < record.list.count; ++i) {
      const std::uint32_t row = row_of_record(record.list.links[i]);
      if (row == kNoRow) continue;
      met_[met_count_++] = row;
      records.push_back(record.list.links[i]);
    }
    measure(query);
    for (std::size_t i = 0; i < met_count_; ++i) {
      if (distances_[i] >= nearest) continue;
      nearest = distances_[i];
      index = records[i];
      nearer = true;
    }
  }
  return index;
}

std::uint32_t GraphSearch::descend(const std::int8_t* query) {
  std::uint32_t index = view_->entry;
  for (std::uint32_t level = view_->max_level; level > 0; --level) {
    if (row_of_record(index) == kNoRow) return 0;
    index = view_->upper_record(nearest_on_level(query, index)).below;
  }
  return index < view_->rows ? index : 0;
}

void GraphSearch::start_visiting() {
  if (++epoch_ != 0) return;
  std::fill(visited_.begin(), visited_.end(), std::uint16_t{0});
  epoch_ = 1;
}

void GraphSearch::meet_alone(std::uint32_t row) {
  met_[0] = row;
  met_count_ = 1;
}

void GraphSearch::meet_unvisited(std::uint32_t row) {
  const LinkList list = view_->links_of(row);
  const std::size_t fetched = std::min(view_->width, kFetchedBytes);
  met_count_ = 0;
  for (std::size_t i = 0; i < list.count; ++i) {
    const std::uint32_t link = list.links[i];
    if (link >= view_->rows) continue;
    prefetch(view_->code(link), fetched);
    // One in four has been visited, which no branch predictor knows.
    met_[met_count_] = link;
    met_count_ += visited_[link] != epoch_ ? 1 : 0;
    visited_[link] = epoch_;
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

Hits GraphSearch::walk(const std::int8_t* query, std::size_t ef) {
  pool_.reset(std::min(ef, view_->rows));
  if (view_->rows == 0) return {};
  start_visiting();
  meet_alone(descend(query));
  visited_[met_[0]] = epoch_;
  measure(query);
  pool_.push(static_cast<float>(distances_[0]), met_[0]);
  while (pool_.has_unexpanded()) {
    const std::uint32_t row = pool_.expand_nearest();
    fetch_next_links();
    meet_unvisited(row);
    measure(query);
    for (std::size_t i = 0; i < met_count_; ++i) {
      const auto l2sq = static_cast<float>(distances_[i]);
      if (pool_.takes(l2sq)) pool_.push(l2sq, met_[i]);
    }
    fetch_next_links();  // of another, if one came nearer
  }
  return with_twins(pool_.hits(), ef);
}

}  // namespace imsearch
