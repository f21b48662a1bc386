// The walk through the graph: down the upper levels to a good start, then along
// the links of level 0 with a pool of the best candidates. Each step takes the
// nearest candidate whose links have not been followed, visits the rows that it
// links to, and keeps those that are near enough; the walk ends when no
// candidate is left to expand.
//
// Almost all of its time is waiting for memory: a code is one or a few cache
// lines somewhere in hundreds of megabytes. Codes and links are therefore asked
// for some steps before they are used, and the codes of all links of a row are
// compared in one call.
//
// The file is not trusted: every link is compared with its bound before it is
// followed, and no walk can run in a circle, so that a damaged index gives
// wrong answers at worst.
#include "index/graph_search.h"

#include "simd/prefetch.h"

#include <algorithm>
#include <limits>

namespace imsearch {
namespace {

constexpr std::uint32_t kNoRow = 0xFFFFFFFF;
constexpr std::uint32_t kExpanded = 0x80000000;
/// So many bytes of a code are fetched when its row is visited. The rest of a
/// longer one is fetched while it is compared: a core keeps only some ten to
/// twenty cache lines on their way, and asking for more would block it.
constexpr std::size_t kFetchedBytes = 128;

}  // namespace

void CandidatePool::reset(const Limits& limits, const IsHidden& is_hidden) {
  limits_ = limits;
  is_hidden_ = is_hidden ? &is_hidden : nullptr;
  limit_ = std::numeric_limits<float>::infinity();
  size_ = 0;
  visible_ = 0;
  first_unexpanded_ = 0;
  is_overfull_ = false;
}

bool CandidatePool::is_visible(std::uint32_t row) const {
  return is_hidden_ == nullptr || !(*is_hidden_)(row & ~kExpanded);
}

void CandidatePool::add(Hit* candidates, std::size_t count) {
  if (count == 0) return;
  std::sort(candidates, candidates + count);
  if (is_hidden_ == nullptr) {
    merge(candidates, count);
    trim_all_visible();
    return;
  }
  for (std::size_t i = 0; i < count && candidates[i].l2sq < limit_; ++i) {
    merge(candidates + i, 1);
    if (is_visible(candidates[i].row)) ++visible_;
    trim_with_hidden();
  }
}

// From the back, so that each moves once, however many come together.
void CandidatePool::merge(const Hit* sorted, std::size_t count) {
  if (entries_.size() < size_ + count) entries_.resize(size_ + count);
  Hit* const entries = entries_.data();
  std::size_t old = size_;
  std::size_t place = size_ += count;
  while (count > 0) {
    const Hit& last = sorted[count - 1];
    while (old > 0 && entries[old - 1].l2sq > last.l2sq)
      entries[--place] = entries[--old];
    entries[--place] = last;
    --count;
  }
  first_unexpanded_ = std::min(first_unexpanded_, place);
  if (place == 0) indistinct_ = indistinct_l2sq(limits_.width, entries[0].l2sq);
}

// A candidate is dropped if there are enough without it, unless codes cannot
// tell it from the nearest one and there is room. limit_ is the distance from
// which on the next candidate would be dropped at once.
inline void CandidatePool::trim_all_visible() {
  if (size_ < limits_.visible) return;
  while (size_ > limits_.visible &&
         (size_ > limits_.capacity || entries_[size_ - 1].l2sq >= indistinct_))
    --size_;
  const float last = entries_[size_ - 1].l2sq;
  limit_ = size_ < limits_.capacity ? std::max(last, indistinct_) : last;
}

void CandidatePool::drop_last() {
  --size_;
  if (is_visible(entries_[size_].row)) --visible_;
}

// Hidden candidates do not count towards the wanted ones, but they take room.
// One behind the last visible candidate leads nowhere that is nearer.
void CandidatePool::trim_with_hidden() {
  while (visible_ > limits_.visible &&
         (size_ > limits_.capacity || entries_[size_ - 1].l2sq >= indistinct_))
    drop_last();
  if (visible_ >= limits_.visible) {
    while (!is_visible(entries_[size_ - 1].row)) drop_last();
    const float last = entries_[size_ - 1].l2sq;
    limit_ = size_ < limits_.capacity ? std::max(last, indistinct_) : last;
  }
  if (size_ <= limits_.capacity) return;
  is_overfull_ = true;
  drop_last();
}

std::uint32_t CandidatePool::expand_nearest() {
  const std::uint32_t row = entries_[first_unexpanded_].row;
  entries_[first_unexpanded_].row |= kExpanded;
  while (first_unexpanded_ < size_ &&
         (entries_[first_unexpanded_].row & kExpanded) != 0)
    ++first_unexpanded_;
  return row;
}

std::uint32_t CandidatePool::nearest() const {
  return entries_[0].row & ~kExpanded;
}

Hits CandidatePool::hits() const {
  Hits hits(entries_.begin(),
            entries_.begin() + static_cast<std::ptrdiff_t>(size_));
  for (Hit& hit : hits) hit.row &= ~kExpanded;
  return hits;
}

GraphSearch::GraphSearch(const GraphView& view)
    : view_(&view),
      batch_(2 * view.M),
      distances_(2 * view.M),
      staged_(view.reduced, view.width, view.projects, 2 * view.M),
      visited_(view.rows) {}

void GraphSearch::measure(const std::int8_t* query) {
  l2sq_i8_rows_(query, view_->reduced, view_->width, view_->width,
                batch_.data(), batch_count_, distances_.data());
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

// Greedy search on one upper level: goes to the nearest neighbour as long as
// one is nearer. `index` is a record of that level, as is the result.
std::uint32_t GraphSearch::nearest_on_level(const std::int8_t* query,
                                            std::uint32_t index) {
  visit_alone(row_of_record(index));
  measure(query);
  std::int32_t nearest = distances_[0];
  std::vector<std::uint32_t> records;
  // Every step comes nearer, so that no damage can make it run in a circle.
  for (bool nearer = true; nearer;) {
    nearer = false;
    const UpperRecord record = view_->upper_record(index);
    batch_count_ = 0;
    records.clear();
    for (std::size_t i = 0; i < record.list.count; ++i) {
      const std::uint32_t row = row_of_record(record.list.links[i]);
      if (row == kNoRow) continue;
      batch_[batch_count_++] = row;
      records.push_back(record.list.links[i]);
    }
    measure(query);
    for (std::size_t i = 0; i < batch_count_; ++i) {
      if (distances_[i] >= nearest) continue;
      nearest = distances_[i];
      index = records[i];
      nearer = true;
    }
  }
  return index;
}

// The row where level 0 is entered. What a damaged file says beyond its bounds
// becomes row 0, which is there and as good a start as any.
std::uint32_t GraphSearch::descend(const std::int8_t* query) {
  std::uint32_t index = view_->entry;
  for (std::uint32_t level = view_->max_level; level > 0; --level) {
    if (row_of_record(index) == kNoRow) return 0;
    index = view_->upper_record(nearest_on_level(query, index)).below;
  }
  return index < view_->rows ? index : 0;
}

void GraphSearch::visit_alone(std::uint32_t row) {
  batch_[0] = row;
  batch_count_ = 1;
}

void GraphSearch::visit_unvisited(std::uint32_t row) {
  const LinkList list = view_->links_of(row);
  const std::size_t fetched = std::min(staged_.first_bytes(), kFetchedBytes);
  const std::int8_t* const codes = view_->reduced;
  const std::size_t width = view_->width;
  batch_count_ = visited_.add_unvisited(
      list.links, list.count, batch_.data(),
      [=](std::uint32_t link) { prefetch(codes + link * width, fetched); });
}

std::pair<const DuplicateRow*, const DuplicateRow*> GraphSearch::duplicates_of(
    std::uint32_t row) const {
  const DuplicateRow* end = view_->duplicates + view_->duplicate_count;
  const DuplicateRow* first =
      std::lower_bound(view_->duplicates, end, DuplicateRow{row, 0});
  const DuplicateRow* last = first;
  while (last != end && last->in_graph == row) ++last;
  return {first, last};
}

// Puts rows in the place of those that stand for them in the graph: hidden rows
// go, duplicates come, and rows of one code are in the order of their numbers.
// The cut is that of the pool, now counted by rows.
Hits GraphSearch::with_duplicates(const Hits& walked,
                                  const CandidatePool::Limits& limits,
                                  const IsHidden& is_hidden) const {
  if (walked.empty()) return {};
  const float indistinct = indistinct_l2sq(limits.width, walked[0].l2sq);
  Hits all;
  const auto add = [&](std::uint32_t row, float l2sq) {
    if (row < view_->rows && !(is_hidden && is_hidden(row)))
      all.push_back({row, l2sq});
  };
  for (const Hit& hit : walked) {
    const std::size_t first = all.size();
    if (first >= limits.capacity ||
        (first >= limits.visible && hit.l2sq >= indistinct))
      break;
    add(hit.row, hit.l2sq);
    const auto [duplicate, end] = duplicates_of(hit.row);
    for (const DuplicateRow* each = duplicate; each != end; ++each)
      add(each->row, hit.l2sq);
    std::sort(all.begin() + static_cast<std::ptrdiff_t>(first), all.end(),
              [](const Hit& a, const Hit& b) { return a.row < b.row; });
  }
  all.resize(std::min(all.size(), limits.capacity));
  return all;
}

void GraphSearch::walk_level0(const std::int8_t* query) {
  while (pool_.has_unexpanded() && !pool_.is_overfull()) {
    const std::uint32_t row = pool_.expand_nearest();
    fetch_next_links();
    visit_unvisited(row);
    std::size_t found = 0;
    Hit* hits = staged_.find_nearer(query, pool_.limit(), batch_.data(),
                                    batch_count_, found);
    pool_.add(hits, found);
    fetch_next_links();  // of another, if one came nearer
  }
}

Hits GraphSearch::walk(const std::int8_t* query, std::size_t ef,
                       std::size_t capacity, const IsHidden& is_hidden) {
  if (view_->rows == 0 || ef == 0) return {};
  return walk_from(descend(query), query, ef, capacity, is_hidden);
}

Hits GraphSearch::walk_from(std::uint32_t start, const std::int8_t* query,
                            std::size_t ef, std::size_t capacity,
                            const IsHidden& is_hidden) {
  // A row of the graph stands for its duplicates: it counts as hidden only
  // if all of them are.
  const IsHidden all_hidden = [&](std::uint32_t row) {
    if (!is_hidden(row)) return false;
    const auto [duplicate, end] = duplicates_of(row);
    return std::all_of(duplicate, end, [&](const DuplicateRow& each) {
      return is_hidden(each.row);
    });
  };
  const IsHidden none;
  const CandidatePool::Limits limits = {
      std::min(ef, view_->rows), std::min(capacity, view_->rows), view_->width};
  pool_.reset(limits, is_hidden ? all_hidden : none);
  visited_.start();
  visited_.add(start);
  staged_.start();
  visit_alone(start);
  measure(query);
  Hit first = {start, static_cast<float>(distances_[0])};
  pool_.add(&first, 1);
  walk_level0(query);
  if (pool_.is_overfull()) return {};
  if (!is_hidden && view_->duplicate_count == 0) return pool_.hits();
  return with_duplicates(pool_.hits(), limits, is_hidden);
}

}  // namespace imsearch
