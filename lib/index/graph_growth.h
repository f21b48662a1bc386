// A few rows more in a finished graph, which stays where it is: mapped, and
// read ahead of the walk: page by page, where the new rows lead, or as a whole
// where they lead nearly everywhere. What becomes of it is kept beside it.
//
// hnsw_graph.h, for many rows, restores the whole graph in memory first. Both
// insert as Malkov and Yashunin say (arXiv:1603.09320, algorithms 1, 2 and 4).
#pragma once

#include "index/graph_view.h"
#include "index/hnsw_graph.h"
#include "index/index.h"
#include "io/read_ahead.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace imsearch {

/// What insertions have changed and added.
struct GraphGrowth {
  std::map<std::uint32_t, std::vector<std::uint32_t>> links;  // of a row
  /// Of an upper record: row, level, below, then links.
  std::map<std::uint32_t, std::vector<std::uint32_t>> upper;
  std::size_t upper_records = 0;         // with the new ones, which come last
  std::vector<DuplicateRow> duplicates;  // new ones
  std::uint32_t max_level = 0;
  std::uint32_t entry = 0;
};

/// For one thread.
class GraphGrower {
 public:
  /// `finished` must have rows. `codes`: the short codes of the rows behind
  /// them. Both must outlive this.
  GraphGrower(const GraphView& finished, const HnswParams& params,
              const ShortCodes& codes);

  /// Inserts the next row. Throws Error where the graph is damaged.
  void insert_next();

  const GraphGrowth& growth() const { return growth_; }

 private:
  struct Near {
    std::int32_t l2sq = 0;
    std::uint32_t node = 0;  // a row; above level 0 a record
    friend bool operator<(const Near& a, const Near& b) {
      return a.l2sq != b.l2sq ? a.l2sq < b.l2sq : a.node < b.node;
    }
  };

  const std::int8_t* code(std::uint32_t row) const;
  std::uint32_t row_of(std::size_t level, std::uint32_t node) const;
  std::int32_t distance(std::size_t level, const std::int8_t* from,
                        std::uint32_t node) const;
  std::vector<std::uint32_t> links(std::size_t level, std::uint32_t node) const;
  void set_links(std::size_t level, std::uint32_t node,
                 std::vector<std::uint32_t> links);
  std::uint32_t below(std::uint32_t record) const;
  std::uint32_t add_record(std::uint32_t row, std::size_t level,
                           std::uint32_t below);

  Near descend(const std::int8_t* from, std::size_t level) const;
  std::vector<Near> nearest(const std::int8_t* from, std::size_t level,
                            Near entry);
  std::vector<std::uint32_t> pruned(std::size_t level, std::vector<Near> near,
                                    std::size_t most) const;
  void connect(std::size_t level, std::uint32_t node,
               const std::vector<Near>& near);
  void link_back(std::size_t level, std::uint32_t from, std::uint32_t to);
  bool visit(std::uint32_t node);
  void expect_visits();
  void fetch_links(std::size_t level, std::uint32_t node) const;
  void fetch_codes(std::size_t level,
                   const std::vector<std::uint32_t>& nodes) const;

  GraphView finished_;
  // Where they are read page by page, and not whole.
  std::optional<ScatteredAccess> links_access_;
  std::optional<ScatteredAccess> codes_access_;
  HnswParams params_;
  ShortCodes codes_;
  std::size_t rows_;  // in it so far
  GraphGrowth growth_;
  std::vector<bool> visited_;  // rows, or records
  std::vector<std::uint32_t> marked_;
};

}  // namespace imsearch
