// Insertion as in HNSW (algorithm 1 of the paper). What differs: distances are
// those of short codes; the level of a row depends on its number alone and not
// on a random generator that threads share; rows whose code is already there
// stay out; links are chosen by a relaxed rule (link_selection.h); and a
// finished graph can be restored from an index, so that it grows.
//
// Links of level 0 lie as in an index file. Each list is locked while it is
// read or changed, and no thread holds two locks at once.
#include "index/hnsw_graph.h"

#include "base/error.h"
#include "index/duplicate_finder.h"
#include "index/graph_search.h"
#include "index/huge_pages.h"
#include "index/link_selection.h"
#include "index/staged_codes.h"
#include "index/visited_rows.h"
#include "simd/prefetch.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <mutex>
#include <numeric>
#include <unordered_map>
#include <utility>

namespace imsearch {
namespace {

constexpr std::uint32_t kNoRow = 0xFFFFFFFF;

/// Many rows share a lock: threads seldom meet.
constexpr std::size_t kLocks = 4096;

/// A good 64-bit hash of a counter (splitmix64, Steele et al. 2014).
std::uint64_t mixed(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15ULL;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
  return x ^ (x >> 31);
}

}  // namespace

// Paper, section 4: floor(-ln(uniform) / ln(M)). The bits of a hash of seed and
// row stand for the random number, in 53 bits as a double has them; so no level
// exceeds 53 / log2(M), which readers of index files rely on.
std::size_t hnsw_level(std::uint64_t seed, std::uint32_t row, std::size_t M) {
  const std::uint64_t bits = mixed(mixed(seed) ^ row) >> 11;
  const double uniform = (static_cast<double>(bits) + 1) * 0x1p-53;  // (0, 1]
  return static_cast<std::size_t>(-std::log(uniform) /
                                  std::log(static_cast<double>(M)));
}

struct HnswGraph::Impl {
  /// What one thread needs to insert a row.
  struct Scratch {
    explicit Scratch(const Impl& graph)
        : visited(graph.codes.rows),
          distances(graph.codes.codes, graph.codes.width, graph.codes.projects,
                    2 * graph.params.M),
          selection(graph.codes.codes, graph.codes.width),
          batch(2 * graph.params.M),
          l2sq(2 * graph.params.M) {}

    VisitedRows visited;
    CandidatePool pool;
    StagedCodes distances;
    LinkSelection selection;
    Hits chosen;
    Hits others;
    std::vector<std::uint32_t> batch;
    std::vector<std::int32_t> l2sq;
  };

  Impl(const ShortCodes& codes_, const HnswParams& params_)
      : codes(codes_), params(params_), first_rows(codes.rows) {
    resize_on_huge_pages(links, codes.rows * link_stride(params.M));
    std::size_t upper = 0;
    for (std::uint32_t row = 0; row < codes.rows; ++row) {
      if (level(row) == 0) continue;
      upper_places.emplace(row, upper);
      upper += level(row) * (1 + params.M);
    }
    upper_links.resize(upper);
  }

  std::size_t level(std::uint32_t row) const {
    return hnsw_level(params.seed, row, params.M);
  }
  std::size_t most_links(std::size_t level_) const {
    return level_ == 0 ? 2 * params.M : params.M;
  }
  /// A count, and the links.
  std::uint32_t* list(std::uint32_t row, std::size_t level_) {
    return level_ == 0 ? links.data() + row * link_stride(params.M)
                       : upper_links.data() + upper_places.at(row) +
                             (level_ - 1) * (1 + params.M);
  }
  std::mutex& lock_of(std::uint32_t row) { return locks[row % kLocks]; }

  std::unique_ptr<Scratch> take_scratch();
  std::size_t visit_unvisited(std::uint32_t row, std::size_t level_,
                              Scratch& scratch);
  void find_near(std::uint32_t row, std::uint32_t start, std::size_t level_,
                 std::size_t ef, Scratch& scratch);
  void link_back(std::uint32_t row, const Hit& from, std::size_t level_,
                 Scratch& scratch);
  void link(std::uint32_t row, std::size_t level_, Scratch& scratch);
  void add(std::uint32_t row, Scratch& scratch);

  ShortCodes codes;
  HnswParams params;
  std::vector<std::uint32_t> links;  // as in a file
  std::unordered_map<std::uint32_t, std::size_t> upper_places;
  std::vector<std::uint32_t> upper_links;
  std::array<std::mutex, kLocks> locks;  // of lists
  DuplicateFinder finder;
  std::vector<std::uint32_t> first_rows;  // of the same code
  std::uint32_t entry = kNoRow;
  std::size_t max_level = 0;
  std::mutex scratch_mutex;
  std::vector<std::unique_ptr<Scratch>> unused;  // guarded by scratch_mutex
};

std::unique_ptr<HnswGraph::Impl::Scratch> HnswGraph::Impl::take_scratch() {
  const std::lock_guard<std::mutex> lock(scratch_mutex);
  if (unused.empty()) return std::make_unique<Scratch>(*this);
  std::unique_ptr<Scratch> scratch = std::move(unused.back());
  unused.pop_back();
  return scratch;
}

/// Puts the rows that `row` links to and that are not yet visited into
/// scratch.batch.
std::size_t HnswGraph::Impl::visit_unvisited(std::uint32_t row,
                                             std::size_t level_,
                                             Scratch& scratch) {
  const std::lock_guard<std::mutex> lock(lock_of(row));
  const std::uint32_t* words = list(row, level_);
  const ShortCodes all = codes;
  return scratch.visited.add_unvisited(
      words + 1, words[0], scratch.batch.data(),
      [=](std::uint32_t link) { __builtin_prefetch(all.code(link)); });
}

/// Finds up to `ef` rows near `row`, walking from `start`, into scratch.pool.
void HnswGraph::Impl::find_near(std::uint32_t row, std::uint32_t start,
                                std::size_t level_, std::size_t ef,
                                Scratch& scratch) {
  CandidatePool& pool = scratch.pool;
  pool.reset({ef, ef, codes.width}, {});
  scratch.visited.start();
  scratch.visited.add(start);
  scratch.distances.start();
  scratch.batch[0] = start;
  std::size_t count = 1;
  for (;;) {
    std::size_t found = 0;
    Hit* hits = scratch.distances.find_nearer(
        codes.code(row), pool.limit(), scratch.batch.data(), count, found);
    pool.add(hits, found);
    if (!pool.has_unexpanded()) return;
    const std::uint32_t nearest = pool.expand_nearest();
    if (level_ == 0 && pool.has_unexpanded())
      prefetch(list(pool.nearest_unexpanded(), 0),
               link_stride(params.M) * sizeof(std::uint32_t));
    count = visit_unvisited(nearest, level_, scratch);
  }
}

/// Adds to the links of `row` one to `from`, whose distance from it is known,
/// or chooses anew where there is no room.
void HnswGraph::Impl::link_back(std::uint32_t row, const Hit& from,
                                std::size_t level_, Scratch& scratch) {
  const std::lock_guard<std::mutex> lock(lock_of(row));
  std::uint32_t* words = list(row, level_);
  const std::size_t most = most_links(level_);
  if (words[0] < most) {
    words[++words[0]] = from.row;
    return;
  }
  simd::active().l2sq_i8_rows(codes.code(row), codes.codes, codes.width,
                              codes.width, words + 1, most,
                              scratch.l2sq.data());
  Hits& others = scratch.others;
  others.clear();
  for (std::size_t i = 0; i < most; ++i)
    others.push_back({words[1 + i], static_cast<float>(scratch.l2sq[i])});
  others.push_back(from);
  std::sort(others.begin(), others.end());
  scratch.selection.select(others, least_links(params.M), most);
  words[0] = static_cast<std::uint32_t>(others.size());
  for (std::size_t i = 0; i < others.size(); ++i) words[1 + i] = others[i].row;
}

/// Links `row` to some of the rows in scratch.pool, and these to it.
void HnswGraph::Impl::link(std::uint32_t row, std::size_t level_,
                           Scratch& scratch) {
  scratch.chosen = scratch.pool.hits();
  scratch.selection.select(scratch.chosen, least_links(params.M), params.M);
  {
    const std::lock_guard<std::mutex> lock(lock_of(row));
    std::uint32_t* words = list(row, level_);
    words[0] = static_cast<std::uint32_t>(scratch.chosen.size());
    for (std::size_t i = 0; i < scratch.chosen.size(); ++i)
      words[1 + i] = scratch.chosen[i].row;
  }
  for (const Hit& hit : scratch.chosen)
    link_back(hit.row, {row, hit.l2sq}, level_, scratch);
}

void HnswGraph::Impl::add(std::uint32_t row, Scratch& scratch) {
  const std::size_t top = level(row);
  if (entry == kNoRow) {
    entry = row;
    max_level = top;
    return;
  }
  std::uint32_t start = entry;
  for (std::size_t level_ = max_level; level_ > top; --level_) {
    find_near(row, start, level_, 1, scratch);
    start = scratch.pool.nearest();
  }
  for (std::size_t level_ = std::min(top, max_level) + 1; level_-- > 0;) {
    find_near(row, start, level_, std::max(params.ef_construction, params.M),
              scratch);
    start = scratch.pool.nearest();
    link(row, level_, scratch);
  }
  if (top <= max_level) return;
  entry = row;
  max_level = top;
}

HnswGraph::HnswGraph(const ShortCodes& codes, const HnswParams& params) {
  try {
    impl_ = std::make_unique<Impl>(codes, params);
  } catch (const std::exception&) {  // all that can go wrong is memory
    fail("not enough memory for a graph of {} rows", codes.rows);
  }
}

HnswGraph::~HnswGraph() = default;

void HnswGraph::insert(std::uint32_t row) {
  Impl& graph = *impl_;
  graph.first_rows[row] =
      graph.finder.first_row(graph.codes.code(row), graph.codes.width, row);
  if (graph.first_rows[row] != row) return;
  std::unique_ptr<Impl::Scratch> scratch = graph.take_scratch();
  graph.add(row, *scratch);
  const std::lock_guard<std::mutex> lock(graph.scratch_mutex);
  graph.unused.push_back(std::move(scratch));
}

// The lists are copied as they are, so that a graph that is restored and
// written again has the same bytes.
void HnswGraph::restore(const GraphView& finished) {
  Impl& graph = *impl_;
  std::iota(graph.first_rows.data(), graph.first_rows.data() + finished.rows,
            0U);
  for (std::size_t i = 0; i < finished.duplicate_count; ++i)
    graph.first_rows[finished.duplicates[i].row] =
        finished.duplicates[i].in_graph;
  for (std::uint32_t row = 0; row < finished.rows; ++row)
    if (graph.first_rows[row] == row)
      graph.finder.first_row(graph.codes.code(row), graph.codes.width, row);
  std::copy_n(finished.links, finished.rows * link_stride(graph.params.M),
              graph.links.data());
  for (std::uint32_t i = 0; i < finished.upper_records; ++i) {
    const UpperRecord record = finished.upper_record(i);
    if (record.level > graph.level(record.row))
      fail("graph: row {} on level {}", record.row, record.level);
    std::uint32_t* words = graph.list(record.row, record.level);
    words[0] = static_cast<std::uint32_t>(record.list.count);
    for (std::size_t l = 0; l < record.list.count; ++l)
      words[1 + l] = finished.upper_record(record.list.links[l]).row;
  }
  graph.max_level = finished.max_level;
  graph.entry = finished.max_level == 0
                    ? finished.entry
                    : finished.upper_record(finished.entry).row;
}

std::uint32_t HnswGraph::representative(std::uint32_t row) const {
  return impl_->first_rows[row];
}

std::size_t HnswGraph::level(std::uint32_t row) const {
  return impl_->level(row);
}

void HnswGraph::read_links(std::uint32_t row, std::size_t level,
                           std::vector<std::uint32_t>& links) const {
  const std::uint32_t* words = impl_->list(row, level);
  links.assign(words + 1, words + 1 + words[0]);
}

std::uint32_t HnswGraph::entry() const {
  return impl_->entry;
}

std::uint64_t HnswGraph::memory_bytes(std::size_t rows,
                                      const HnswParams& params,
                                      unsigned threads) {
  const std::uint64_t level0 = link_stride(params.M) * sizeof(std::uint32_t);
  // Levels l >= 1 hold M^-l of the rows: 1 / (M - 1) of them in all.
  const std::uint64_t map_node = 48;  // of upper_places, with its bucket
  const std::uint64_t upper =
      rows / (params.M - 1) *
      ((params.M + 1) * sizeof(std::uint32_t) + map_node);
  return sizeof(Impl) + upper +
         rows * (level0 + sizeof(std::uint32_t) +
                 threads * VisitedRows::kBytesPerRow) +
         rows * sizeof(std::uint32_t) +  // the order of insert_rows()
         DuplicateFinder::memory_bytes(rows);
}

}  // namespace imsearch
