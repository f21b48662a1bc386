// The same graph in hnswlib's own file format, for programs that load that.
//
// hnswlib has no duplicates: every row has links of its own. Rows of one code
// are therefore chained: the row that is in the graph links to the first of its
// duplicates, and each duplicate to that row, to the duplicates before and
// behind it, and as far as there is room to the links of that row. So each is
// reached, however many copies there are, and leads out again.
#include "index/hnswlib_file.h"

#include "base/interrupt.h"
#include "io/file.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <map>
#include <string>
#include <vector>

namespace imsearch {
namespace {

using Label = std::uint64_t;

std::size_t links_bytes(std::size_t most) {
  return (1 + most) * sizeof(std::uint32_t);
}

std::size_t element_bytes(std::size_t dim, std::size_t M) {
  return links_bytes(2 * M) + dim * sizeof(float) + sizeof(Label);
}

template <typename T>
void put(OutputFile& out, T value) {
  out.write(&value, sizeof value);
}

/// A count, the links, and zeros up to `most` links. The count has 16 bits; on
/// level 0 the bit above them marks a deleted row.
void put_links(OutputFile& out, std::vector<std::uint32_t> links,
               std::size_t most, bool deleted = false) {
  constexpr std::uint32_t kDeleted = 1U << 16;
  put(out,
      static_cast<std::uint32_t>(links.size()) | (deleted ? kDeleted : 0U));
  links.resize(most);
  out.write(links.data(), most * sizeof links[0]);
}

/// The links of level 0 in a graph that has all rows, with duplicates chained.
class Level0 {
 public:
  Level0(const HnswGraph& graph, std::size_t rows, std::size_t M)
      : graph_(graph), most_(2 * M) {
    for (std::uint32_t row = 0; row < rows; ++row)
      if (graph.representative(row) != row)
        chains_[graph.representative(row)].push_back(row);
  }

  std::vector<std::uint32_t> links_of(std::uint32_t row) const {
    const std::uint32_t in_graph = graph_.representative(row);
    std::vector<std::uint32_t> links = chain_links(row, in_graph);
    std::vector<std::uint32_t> others;
    graph_.read_links(in_graph, 0, others);
    others.resize(std::min(others.size(), most_ - links.size()));
    links.insert(links.begin(), others.begin(), others.end());
    return links;
  }

 private:
  /// The duplicates before and behind a row, and the row of the graph.
  std::vector<std::uint32_t> chain_links(std::uint32_t row,
                                         std::uint32_t in_graph) const {
    const auto found = chains_.find(in_graph);
    if (found == chains_.end()) return {};
    const std::vector<std::uint32_t>& chain = found->second;
    if (row == in_graph) return {chain.front()};
    const auto place = std::lower_bound(chain.begin(), chain.end(), row);
    std::vector<std::uint32_t> links = {in_graph};
    if (place != chain.begin()) links.push_back(*(place - 1));
    if (place + 1 != chain.end()) links.push_back(*(place + 1));
    return links;
  }

  const HnswGraph& graph_;
  std::size_t most_;
  std::map<std::uint32_t, std::vector<std::uint32_t>> chains_;
};

void put_header(OutputFile& out, const HnswGraph* graph, std::uint64_t rows,
                std::size_t dim, const HnswParams& params) {
  constexpr std::uint32_t kNone = 0xFFFFFFFF;  // entry of an empty graph
  const std::uint64_t M = params.M;
  put<std::uint64_t>(out, 0);  // of level 0
  put(out, rows);              // at most
  put(out, rows);
  put<std::uint64_t>(out, element_bytes(dim, M));
  put<std::uint64_t>(out, links_bytes(2 * M) + dim * sizeof(float));
  put<std::uint64_t>(out, links_bytes(2 * M));
  put(out, graph == nullptr
               ? -1
               : static_cast<std::int32_t>(graph->level(graph->entry())));
  put(out, graph == nullptr ? kNone : graph->entry());
  put(out, M);
  put<std::uint64_t>(out, 2 * M);
  put(out, M);
  put(out, 1 / std::log(static_cast<double>(M)));
  put<std::uint64_t>(out, std::max(params.ef_construction, params.M));
}

void put_level0(OutputFile& out, const HnswGraph& graph,
                const VectorSet& vectors, std::size_t M,
                const std::vector<std::uint32_t>& deleted) {
  const Level0 level0(graph, vectors.rows(), M);
  std::vector<float> unit(vectors.dim());
  for (std::uint32_t row = 0; row < vectors.rows(); ++row) {
    check_interrupt();
    vectors.read_unit(row, unit.data());
    put_links(out, level0.links_of(row), 2 * M,
              std::binary_search(deleted.begin(), deleted.end(), row));
    out.write(unit.data(), unit.size() * sizeof(float));
    put<Label>(out, row);
  }
}

void put_higher_levels(OutputFile& out, const HnswGraph& graph,
                       std::size_t rows, std::size_t M) {
  std::vector<std::uint32_t> links;
  for (std::uint32_t row = 0; row < rows; ++row) {
    check_interrupt();
    const std::size_t levels =
        graph.representative(row) == row ? graph.level(row) : 0;
    put(out, static_cast<std::uint32_t>(levels * links_bytes(M)));
    for (std::size_t level = 1; level <= levels; ++level) {
      graph.read_links(row, level, links);
      put_links(out, links, M);
    }
  }
}

}  // namespace

bool is_hnswlib_file(const std::string& path) {
  std::array<std::uint64_t, 3> first{};  // as put_header() writes them
  const std::string begin = read_prefix(path, sizeof first);
  if (begin.size() < sizeof first) return false;
  std::memcpy(first.data(), begin.data(), sizeof first);
  // Vectors may begin with zeros, but two equal floats are no count of rows.
  constexpr std::uint64_t kMostRows = 0xFFFFFFFF;
  return first[0] == 0 && first[1] == first[2] && first[1] <= kMostRows;
}

void write_hnswlib(OutputFile& out, const HnswGraph* graph,
                   const VectorSet& vectors, const HnswParams& params,
                   const std::vector<std::uint32_t>& deleted) {
  put_header(out, graph, vectors.rows(), vectors.dim(), params);
  if (graph == nullptr) return;
  put_level0(out, *graph, vectors, params.M, deleted);
  put_higher_levels(out, *graph, vectors.rows(), params.M);
}

std::uint64_t hnswlib_bytes(std::uint64_t rows, std::size_t dim,
                            const HnswParams& params) {
  // Levels above 0 hold 1 / (M - 1) of the rows.
  return rows * (element_bytes(dim, params.M) + sizeof(std::uint32_t)) +
         rows / (params.M - 1) * links_bytes(params.M);
}

}  // namespace imsearch
