// The only file that includes hnswlib.
#include "index/hnsw_graph.h"

#include "base/error.h"
#include "index/prefetch.h"
#include "index/twin_finder.h"
#include "simd/kernels.h"

// Without its own vector code, which we have no use for, and above all without
// its prefetches: those read one link past the end of a full list.
#define NO_MANUAL_VECTORIZATION
#include <hnswlib/hnswlib.h>

#include <sys/mman.h>
#include <unistd.h>

#include <cmath>
#include <mutex>

namespace imsearch {
namespace {

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

}  // namespace

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

  std::size_t width;
  HnswParams params;
  CodeSpace space;
  hnswlib::HierarchicalNSW<float> graph;
  TwinFinder twins;
  std::vector<std::uint32_t> first_rows;        // of the same code
  std::vector<hnswlib::tableint> internal_ids;  // of rows that are no twins
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
    impl_->first_rows[row] = impl_->twins.first_row(code, impl_->width, row);
    if (impl_->first_rows[row] != row) return;
    impl_->internal_ids[row] =
        impl_->graph.addPoint(code, row, static_cast<int>(level(row)));
  } catch (const std::exception& error) {
    fail("graph: row {}: {}", row, error.what());
  }
}

std::uint32_t HnswGraph::twin_of(std::uint32_t row) const {
  return impl_->first_rows[row];
}

std::size_t HnswGraph::level(std::uint32_t row) const {
  return hnsw_level(impl_->params.seed, row, impl_->params.M);
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
  return rows * (each + threads * sizeof(hnswlib::vl_type)) +
         TwinFinder::memory_bytes(rows);
}

}  // namespace imsearch
