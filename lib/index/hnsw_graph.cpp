// The graph while it is built, by hnswlib's own insertion. This is the only
// file that includes hnswlib. What differs from its usual use: distances are
// those of short codes; the level of a row depends on its number alone and not
// on a random generator that threads share; rows whose code is already there
// stay out; and a finished graph can be restored from an index, so that it
// grows.
#include "index/hnsw_graph.h"

#include "base/error.h"
#include "base/interrupt.h"
#include "base/parallel_for.h"
#include "base/stopwatch.h"
#include "index/duplicate_finder.h"
#include "simd/kernels.h"
#include "simd/prefetch.h"

// Without its own vector code, which we have no use for, and above all without
// its prefetches: those read one link past the end of a full list.
#define NO_MANUAL_VECTORIZATION
#include <hnswlib/hnswlib.h>

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <numeric>
#include <vector>

namespace imsearch {
namespace {

/// hnswlib's "space" of short codes. It knows float distances only: sums below
/// 2^24 are exact as floats, larger ones are rounded alike in all comparisons.
class CodeSpace : public hnswlib::SpaceInterface<float> {
 public:
  explicit CodeSpace(std::size_t width) : width_(width) {}

  std::size_t get_data_size() override { return width_; }
  hnswlib::DISTFUNC<float> get_dist_func() override { return distance; }
  void* get_dist_func_param() override { return this; }

 private:
  static float distance(const void* a, const void* b, const void* param) {
    const auto* space = static_cast<const CodeSpace*>(param);
    prefetch(b, space->width_);
    return static_cast<float>(
        space->l2sq_i8_(static_cast<const std::int8_t*>(a),
                        static_cast<const std::int8_t*>(b), space->width_));
  }

  std::size_t width_;
  decltype(simd::Kernels::l2sq_i8) l2sq_i8_ = simd::active().l2sq_i8;
};

/// A good 64-bit hash of a counter (splitmix64, Steele et al. 2014).
std::uint64_t mixed(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15ULL;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
  return x ^ (x >> 31);
}

/// Insertions read rows all over the memory: huge pages save address lookups.
void ask_for_huge_pages(char* memory, std::size_t size_bytes) {
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  const auto begin = reinterpret_cast<std::uintptr_t>(memory);
  const std::uintptr_t first = (begin + page - 1) / page * page;
  const std::uintptr_t last = (begin + size_bytes) / page * page;
  if (first < last)
    ::madvise(memory + (first - begin), last - first, MADV_HUGEPAGE);
}

/// Few enough that threads end together, enough that they seldom ask for more.
constexpr std::size_t kRowsOfBlock = 8;
constexpr double kProgressEvery_s = 0.1;

/// Rate-limits progress callbacks; never concurrent.
class ProgressGate {
 public:
  explicit ProgressGate(const OnProgress& on_progress)
      : on_progress_(on_progress) {}

  void add(std::size_t rows) {
    const std::size_t done = done_ += rows;
    const std::unique_lock<std::mutex> lock(mutex_, std::try_to_lock);
    if (!lock || !on_progress_ || watch_.seconds() < next_s_) return;
    next_s_ = watch_.seconds() + kProgressEvery_s;
    on_progress_(done);
  }

  void finish() {
    if (on_progress_) on_progress_(done_);
  }

 private:
  const OnProgress& on_progress_;
  Stopwatch watch_;
  double next_s_ = 0;
  std::mutex mutex_;
  std::atomic<std::size_t> done_{0};
};

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
  Impl(std::size_t rows, std::size_t width_, const HnswParams& params_)
      : width(width_),
        params(params_),
        space(width_),
        graph(&space, rows, params_.M, params_.ef_construction),
        first_rows(rows),
        internal_ids(rows) {
    graph.label_lookup_.reserve(rows);
    graph.mult_ = 0;  // no levels of its own: insert() gives them
    ask_for_huge_pages(graph.data_level0_memory_,
                       rows * graph.size_data_per_element_);
  }

  std::size_t level(std::uint32_t row) const {
    return hnsw_level(params.seed, row, params.M);
  }

  /// As hnswlib's addPoint() begins: without links.
  void restore_row(std::uint32_t row, const std::int8_t* code) {
    finder.first_row(code, width, row);
    const auto id = static_cast<hnswlib::tableint>(graph.cur_element_count++);
    const hnswlib::labeltype label = row;
    internal_ids[row] = id;
    graph.label_lookup_[label] = id;
    graph.element_levels_[id] = static_cast<int>(level(row));
    std::memset(graph.get_linklist0(id), 0, graph.size_data_per_element_);
    std::memcpy(graph.getExternalLabeLp(id), &label, sizeof label);
    std::memcpy(graph.getDataByInternalId(id), code, width);
    if (level(row) == 0) return;
    // By calloc(), since the destructor of hnswlib frees it.
    graph.linkLists_[id] = static_cast<char*>(
        std::calloc(level(row), graph.size_links_per_element_ + 1));
    if (graph.linkLists_[id] == nullptr)
      fail("not enough memory for a graph of {} rows", first_rows.size());
  }

  void restore_links(std::uint32_t row, std::size_t level_, LinkList list) {
    if (level_ > level(row)) fail("graph: row {} on level {}", row, level_);
    hnswlib::linklistsizeint* words = graph.get_linklist_at_level(
        internal_ids[row], static_cast<int>(level_));
    graph.setListCount(words, static_cast<unsigned short>(list.count));
    for (std::size_t i = 0; i < list.count; ++i)
      words[1 + i] = internal_ids[list.links[i]];
  }

  std::size_t width;
  HnswParams params;
  CodeSpace space;
  hnswlib::HierarchicalNSW<float> graph;
  DuplicateFinder finder;
  std::vector<std::uint32_t> first_rows;        // of the same code
  std::vector<hnswlib::tableint> internal_ids;  // of rows in the graph
};

HnswGraph::HnswGraph(std::size_t rows, std::size_t width,
                     const HnswParams& params) {
  try {
    impl_ = std::make_unique<Impl>(rows, width, params);
  } catch (const std::exception&) {  // all that can go wrong is malloc
    fail("not enough memory for a graph of {} rows", rows);
  }
}

HnswGraph::~HnswGraph() = default;

void HnswGraph::insert(std::uint32_t row, const std::int8_t* code) {
  try {
    impl_->first_rows[row] = impl_->finder.first_row(code, impl_->width, row);
    if (impl_->first_rows[row] != row) return;
    impl_->internal_ids[row] =
        impl_->graph.addPoint(code, row, static_cast<int>(level(row)));
  } catch (const std::exception& error) {
    fail("graph: row {}: {}", row, error.what());
  }
}

// First all rows, then their links, which need the internal numbers of the rows
// they lead to: hnswlib numbers rows in the order they come in, without the
// duplicates. The lists are copied as they are, so that a graph that is
// restored and written again has the same bytes.
void HnswGraph::restore(const GraphView& finished) {
  std::vector<std::uint32_t>& first_rows = impl_->first_rows;
  std::iota(first_rows.data(), first_rows.data() + finished.rows, 0U);
  for (std::size_t i = 0; i < finished.duplicate_count; ++i)
    first_rows[finished.duplicates[i].row] = finished.duplicates[i].in_graph;
  for (std::uint32_t row = 0; row < finished.rows; ++row)
    if (first_rows[row] == row) impl_->restore_row(row, finished.code(row));
  for (std::uint32_t row = 0; row < finished.rows; ++row)
    if (first_rows[row] == row)
      impl_->restore_links(row, 0, finished.links_of(row));
  std::vector<std::uint32_t> rows;
  for (std::uint32_t i = 0; i < finished.upper_records; ++i) {
    const UpperRecord record = finished.upper_record(i);
    rows.clear();
    for (std::size_t l = 0; l < record.list.count; ++l)
      rows.push_back(finished.upper_record(record.list.links[l]).row);
    impl_->restore_links(record.row, record.level, {rows.data(), rows.size()});
  }
  const std::uint32_t entry = finished.max_level == 0
                                  ? finished.entry
                                  : finished.upper_record(finished.entry).row;
  impl_->graph.enterpoint_node_ = impl_->internal_ids[entry];
  impl_->graph.maxlevel_ = static_cast<int>(finished.max_level);
}

std::uint32_t HnswGraph::representative(std::uint32_t row) const {
  return impl_->first_rows[row];
}

std::size_t HnswGraph::level(std::uint32_t row) const {
  return impl_->level(row);
}

void HnswGraph::read_links(std::uint32_t row, std::size_t level,
                           std::vector<std::uint32_t>& links) const {
  const auto& graph = impl_->graph;
  hnswlib::linklistsizeint* list = graph.get_linklist_at_level(
      impl_->internal_ids[row], static_cast<int>(level));
  links.clear();
  for (std::size_t i = 0; i < graph.getListCount(list); ++i)
    links.push_back(
        static_cast<std::uint32_t>(graph.getExternalLabel(list[1 + i])));
}

std::uint32_t HnswGraph::entry() const {
  return static_cast<std::uint32_t>(
      impl_->graph.getExternalLabel(impl_->graph.enterpoint_node_));
}

std::uint64_t HnswGraph::memory_bytes(std::size_t rows, std::size_t width,
                                      const HnswParams& params,
                                      unsigned threads) {
  const std::uint64_t link_bytes = sizeof(hnswlib::tableint);
  const std::uint64_t level0 =
      (2 * params.M + 1) * link_bytes + width + sizeof(hnswlib::labeltype);
  // Levels l >= 1 hold M^-l of the rows: 1 / (M - 1) of them in all.
  const std::uint64_t upper = (params.M + 1) * link_bytes / (params.M - 1);
  const std::uint64_t map_node = 48;  // of label_lookup_, with its bucket
  const std::uint64_t each = level0 + upper + sizeof(std::mutex) + sizeof(int) +
                             sizeof(char*) + map_node +
                             sizeof(hnswlib::tableint) + sizeof(std::uint32_t);
  const std::uint64_t update_locks =
      std::uint64_t{65536} * sizeof(std::mutex);  // hnswlib's, of any graph
  return update_locks + rows * (each + threads * sizeof(hnswlib::vl_type)) +
         rows * sizeof(std::uint32_t) +  // the order of insert_rows()
         DuplicateFinder::memory_bytes(rows);
}

void insert_rows(HnswGraph& graph, std::size_t first, const ShortCodes& codes,
                 unsigned threads, const OnProgress& on_progress) {
  std::vector<std::uint32_t> order(codes.rows - first);
  std::iota(order.begin(), order.end(), static_cast<std::uint32_t>(first));
  // Rows with upper levels, and the first of all, go in alone
  // (HnswGraph::insert says why).
  const auto level0 = std::stable_partition(
      order.begin(), order.end(),
      [&](std::uint32_t i) { return graph.level(i) > 0; });
  const std::size_t alone = std::min(
      order.size(), std::max<std::size_t>(
                        1, static_cast<std::size_t>(level0 - order.begin())));

  ProgressGate progress(on_progress);
  const auto insert = [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      check_interrupt();
      graph.insert(order[i], codes.code(order[i]));
      progress.add(1);
    }
  };
  insert(0, alone);
  parallel_for(order.size() - alone, kRowsOfBlock, threads,
               [&](std::size_t begin, std::size_t end, unsigned) {
                 insert(alone + begin, alone + end);
               });
  progress.finish();
}

}  // namespace imsearch
