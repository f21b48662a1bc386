// An HNSW graph under construction, by hnswlib (0.6.2), over short codes, and
// filling it with rows. Malkov and Yashunin, arXiv:1603.09320.
//
// A finished graph is read out by serialize.h into an index file, where
// searches walk it without hnswlib (graph_search.h).
#pragma once

#include "base/progress.h"
#include "index/graph_view.h"
#include "index/index.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace imsearch {

/// The level of a row: a function of seed, row and M alone, so that it depends
/// on no thread. Level l or higher has probability M^-l.
std::size_t hnsw_level(std::uint64_t seed, std::uint32_t row, std::size_t M);

/// Distances in it are the squared ones of short codes (reduction.h). Insertion
/// may use several threads as insert() says; everything else is for one.
class HnswGraph {
 public:
  /// Room for `rows` rows (> 0) with codes of `width` bytes. Throws Error if
  /// memory is short.
  HnswGraph(std::size_t rows, std::size_t width, const HnswParams& params);
  ~HnswGraph();
  HnswGraph(const HnswGraph&) = delete;
  HnswGraph& operator=(const HnswGraph&) = delete;

  /// Adds a row (once each) with its code, which is copied. A row whose code
  /// is there already becomes its duplicate and stays out of the graph: more
  /// copies of a picture than a row has links would link to each other alone,
  /// and searches that came upon them would find no way out.
  ///
  /// Many threads may add rows of level 0 at once, but rows of higher levels,
  /// and the first row of all, are added before that, one after the other. A
  /// row is locked while it is added, and locks the rows it visits: two rows of
  /// higher levels can visit each other while both still search, and wait for
  /// each other for ever (as once in Faiss, pull request 2143). Rows of level 0
  /// are linked, and so can be visited, only when they have done searching.
  void insert(std::uint32_t row, const std::int8_t* code);

  /// Takes over the rows, codes and links of a finished graph (of at least one
  /// row), whose content has been verified (Index::verify). Comes before any
  /// insert().
  void restore(const GraphView& finished);

  // What follows is for a graph that holds all its rows.

  /// The row of the graph that has the code of `row`: itself, unless it is a
  /// duplicate.
  std::uint32_t representative(std::uint32_t row) const;
  std::size_t level(std::uint32_t row) const;
  /// The rows that `row`, which must be in the graph, links to on `level`.
  void read_links(std::uint32_t row, std::size_t level,
                  std::vector<std::uint32_t>& links) const;
  /// Where searches start: a row of the highest level.
  std::uint32_t entry() const;

  /// Memory for a graph of that size, as far as known beforehand.
  static std::uint64_t memory_bytes(std::size_t rows, std::size_t width,
                                    const HnswParams& params, unsigned threads);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// The short codes of rows, one after the other. Owns nothing.
struct ShortCodes {
  std::size_t rows = 0;
  std::size_t width = 0;
  const std::int8_t* codes = nullptr;

  const std::int8_t* code(std::size_t row) const { return codes + row * width; }
};

/// Inserts the rows of `codes` from `first` on into a graph that holds those
/// before, on `threads` threads (0: all). `on_progress` gets how many were
/// inserted. Throws Error, Interrupted.
void insert_rows(HnswGraph& graph, std::size_t first, const ShortCodes& codes,
                 unsigned threads, const OnProgress& on_progress);

}  // namespace imsearch
