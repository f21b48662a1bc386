// Inserting rows one by one. A level is walked alike whatever it is: its nodes
// are rows on level 0, and records above (index_file.h). Lists are read from
// what was changed, where it was, and else from the finished graph; every
// number of that is compared with its bound, for the file is not verified
// first.
//
// A row whose code a row of the graph has already becomes its duplicate, which
// the search for its neighbours tells: a copy is the nearest there is. Where it
// misses one, the graph has both, and only that copy is found a little later.
#include "index/graph_growth.h"

#include "base/error.h"
#include "index/link_selection.h"
#include "simd/kernels.h"

#include <algorithm>
#include <queue>

namespace imsearch {
namespace {

[[noreturn]] void fail_graph(std::uint32_t node, std::size_t level) {
  fail("the graph is damaged at {} {}: build the index again",
       level == 0 ? "row" : "upper record", node);
}

constexpr std::size_t kHead = 3;  // of an upper record: row, level, below

constexpr std::size_t kPage = 4096;
/// Rows whose lists an insertion reads, and rows whose codes it looks at.
constexpr std::size_t kReadLists = 130;
constexpr std::size_t kVisitedRows = 4000;
/// Pages that a disk reads one after the other in the time that it takes to
/// find one. Measured on a virtual disk: 12,000 reads/s, or 1.2 GB/s.
constexpr std::size_t kPagesInARow = 16;

std::size_t link_bytes(const GraphView& graph) {
  return link_stride(graph.M) * sizeof(std::uint32_t);
}

/// Whether a part of the graph is better read whole, ahead of so many visits to
/// one page each, than page by page.
bool read_whole(std::size_t size_bytes, std::size_t visits) {
  return size_bytes / kPage <= visits * kPagesInARow;
}

}  // namespace

GraphGrower::GraphGrower(const GraphView& finished, const HnswParams& params,
                         const ShortCodes& codes)
    : finished_(finished),
      params_(params),
      codes_(codes),
      rows_(finished.rows),
      visited_(std::max(finished.rows + codes.rows,
                        finished.upper_records + codes.rows * 64)) {
  growth_.upper_records = finished.upper_records;
  growth_.max_level = finished.max_level;
  growth_.entry = finished.entry;
  expect_visits();
}

void GraphGrower::expect_visits() {
  const auto advise = [&](std::size_t visits, const void* data,
                          std::size_t size_bytes,
                          std::optional<ScatteredAccess>& access) {
    if (read_whole(size_bytes, codes_.rows * visits))
      fetch_mapped(data, size_bytes);
    else
      access.emplace(data, size_bytes);
  };
  advise(kVisitedRows, finished_.reduced, finished_.rows * finished_.width,
         codes_access_);
  advise(kReadLists, finished_.links, finished_.rows * link_bytes(finished_),
         links_access_);
}

void GraphGrower::fetch_links(std::size_t level, std::uint32_t node) const {
  if (links_access_ && level == 0 && node < finished_.rows)
    fetch_mapped(finished_.links + node * link_stride(finished_.M),
                 link_bytes(finished_));
}

void GraphGrower::fetch_codes(std::size_t level,
                              const std::vector<std::uint32_t>& nodes) const {
  if (!codes_access_ || level > 0) return;
  for (const std::uint32_t node : nodes)
    if (node < finished_.rows && !visited_[node])
      fetch_mapped(finished_.code(node), finished_.width);
}

const std::int8_t* GraphGrower::code(std::uint32_t row) const {
  return row < finished_.rows ? finished_.code(row)
                              : codes_.code(row - finished_.rows);
}

std::uint32_t GraphGrower::row_of(std::size_t level, std::uint32_t node) const {
  if (level == 0) {
    if (node >= rows_) fail_graph(node, level);
    return node;
  }
  if (node >= growth_.upper_records) fail_graph(node, level);
  const auto changed = growth_.upper.find(node);
  const std::uint32_t row = changed != growth_.upper.end()
                                ? changed->second[0]
                                : finished_.upper_record(node).row;
  if (row >= rows_) fail_graph(node, level);
  return row;
}

std::int32_t GraphGrower::distance(std::size_t level, const std::int8_t* from,
                                   std::uint32_t node) const {
  return simd::active().l2sq_i8(from, code(row_of(level, node)),
                                finished_.width);
}

std::vector<std::uint32_t> GraphGrower::links(std::size_t level,
                                              std::uint32_t node) const {
  row_of(level, node);  // is there such a node?
  const auto& changes = level == 0 ? growth_.links : growth_.upper;
  const auto changed = changes.find(node);
  if (changed != changes.end())
    return {changed->second.begin() + (level == 0 ? 0 : kHead),
            changed->second.end()};
  const LinkList list =
      level == 0 ? finished_.links_of(node) : finished_.upper_record(node).list;
  return {list.links, list.links + list.count};
}

void GraphGrower::set_links(std::size_t level, std::uint32_t node,
                            std::vector<std::uint32_t> links) {
  if (level == 0) {
    growth_.links[node] = std::move(links);
    return;
  }
  std::vector<std::uint32_t>& words = growth_.upper[node];
  if (words.empty()) {
    const UpperRecord old = finished_.upper_record(node);
    words = {old.row, old.level, old.below};
  }
  words.resize(kHead);
  words.insert(words.end(), links.begin(), links.end());
}

std::uint32_t GraphGrower::below(std::uint32_t record) const {
  const auto changed = growth_.upper.find(record);
  return changed != growth_.upper.end() ? changed->second[2]
                                        : finished_.upper_record(record).below;
}

std::uint32_t GraphGrower::add_record(std::uint32_t row, std::size_t level,
                                      std::uint32_t below) {
  const auto record = static_cast<std::uint32_t>(growth_.upper_records++);
  growth_.upper[record] = {row, static_cast<std::uint32_t>(level), below};
  return record;
}

bool GraphGrower::visit(std::uint32_t node) {
  if (visited_[node]) return false;
  visited_[node] = true;
  marked_.push_back(node);
  return true;
}

/// From the entry down to `level`: the nearest node there that greedy steps on
/// the levels above lead to.
GraphGrower::Near GraphGrower::descend(const std::int8_t* from,
                                       std::size_t level) const {
  std::size_t here = growth_.max_level;
  Near best = {distance(here, from, growth_.entry), growth_.entry};
  while (here > level) {
    for (bool nearer = true; nearer;) {
      nearer = false;
      for (const std::uint32_t node : links(here, best.node)) {
        const Near next = {distance(here, from, node), node};
        if (next.l2sq >= best.l2sq) continue;
        best = next;
        nearer = true;
      }
    }
    best.node = below(best.node);
    --here;
    row_of(here, best.node);
  }
  return best;
}

/// The ef nearest nodes that a walk from `entry` finds, the nearest first.
std::vector<GraphGrower::Near> GraphGrower::nearest(const std::int8_t* from,
                                                    std::size_t level,
                                                    Near entry) {
  const std::size_t ef = std::max(params_.ef_construction, params_.M);
  std::priority_queue<Near> found;  // the farthest on top
  const auto farther = [](const Near& a, const Near& b) { return b < a; };
  std::priority_queue<Near, std::vector<Near>, decltype(farther)> open(farther);
  row_of(level, entry.node);
  visit(entry.node);
  found.push(entry);
  open.push(entry);
  while (!open.empty() && open.top().l2sq <= found.top().l2sq) {
    const std::uint32_t node = open.top().node;
    open.pop();
    const std::vector<std::uint32_t> list = links(level, node);
    fetch_codes(level, list);
    for (const std::uint32_t next : list) {
      row_of(level, next);
      if (!visit(next)) continue;
      const Near near = {distance(level, from, next), next};
      if (found.size() >= ef && near.l2sq >= found.top().l2sq) continue;
      open.push(near);
      fetch_links(level, next);
      found.push(near);
      if (found.size() > ef) found.pop();
    }
  }
  for (const std::uint32_t node : marked_) visited_[node] = false;
  marked_.clear();
  std::vector<Near> all(found.size());
  for (std::size_t i = all.size(); i-- > 0; found.pop()) all[i] = found.top();
  return all;
}

/// Up to `most` of them, by the rule of link_selection.h. `near` need not be
/// sorted.
std::vector<std::uint32_t> GraphGrower::pruned(std::size_t level,
                                               std::vector<Near> near,
                                               std::size_t most) const {
  std::sort(near.begin(), near.end());
  std::vector<std::uint32_t> chosen;
  std::vector<std::uint32_t> dropped;
  for (const Near& candidate : near) {
    if (chosen.size() >= most) break;
    const std::int8_t* from = code(row_of(level, candidate.node));
    const auto is_near = [&](std::uint32_t other) {
      return kRelaxedRule * static_cast<float>(distance(level, from, other)) <
             static_cast<float>(candidate.l2sq);
    };
    const bool hidden = std::any_of(chosen.begin(), chosen.end(), is_near);
    (hidden ? dropped : chosen).push_back(candidate.node);
  }
  for (const std::uint32_t node : dropped) {
    if (chosen.size() >= least_links(params_.M)) break;
    chosen.push_back(node);
  }
  return chosen;
}

void GraphGrower::connect(std::size_t level, std::uint32_t node,
                          const std::vector<Near>& near) {
  const std::vector<std::uint32_t> chosen = pruned(level, near, params_.M);
  set_links(level, node, chosen);
  for (const std::uint32_t other : chosen) link_back(level, other, node);
}

void GraphGrower::link_back(std::size_t level, std::uint32_t from,
                            std::uint32_t to) {
  const std::size_t most = level == 0 ? 2 * params_.M : params_.M;
  std::vector<std::uint32_t> list = links(level, from);
  list.push_back(to);
  if (list.size() > most) {
    const std::int8_t* here = code(row_of(level, from));
    std::vector<Near> near;
    for (const std::uint32_t node : list)
      near.push_back({distance(level, here, node), node});
    list = pruned(level, std::move(near), most);
  }
  set_links(level, from, std::move(list));
}

void GraphGrower::insert_next() {
  const auto row = static_cast<std::uint32_t>(rows_);
  const std::int8_t* here = codes_.code(rows_ - finished_.rows);
  const std::size_t level = hnsw_level(params_.seed, row, params_.M);
  const std::size_t top = growth_.max_level;
  // The rows found on each level, before anything is changed: the row may turn
  // out to be a duplicate.
  std::vector<std::vector<Near>> near(std::min(level, top) + 1);
  Near entry = descend(here, near.size() - 1);
  for (std::size_t l = near.size(); l-- > 0;) {
    near[l] = nearest(here, l, entry);
    entry = near[l].front();
    if (l > 0) entry.node = below(entry.node);
  }
  ++rows_;
  if (near[0].front().l2sq == 0) {
    growth_.duplicates.push_back({near[0].front().node, row});
    growth_.links[row] = {};
    return;
  }
  std::uint32_t node = row;
  for (std::size_t l = 0; l <= level; ++l) {
    if (l > 0) node = add_record(row, l, node);
    connect(l, node, l < near.size() ? near[l] : std::vector<Near>());
  }
  if (level <= top) return;
  growth_.max_level = static_cast<std::uint32_t>(level);
  growth_.entry = node;
}

}  // namespace imsearch
