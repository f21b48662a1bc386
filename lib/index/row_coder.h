// Codes the rows of a build piece by piece, so that no more than a piece of the
// 8-bit codes is in memory at a time.
#pragma once

#include "index/coded_rows.h"
#include "index/reduction.h"
#include "index/vector_set.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace imsearch {

/// Codes of consecutive rows. Owns nothing.
struct CodesOfRows {
  std::size_t rows = 0;
  const std::int8_t* codes = nullptr;    // [rows, code_stride(dim)]
  const float* scales = nullptr;         // [rows]
  const std::int8_t* reduced = nullptr;  // [rows, width]
  const CodeErrors* errors = nullptr;    // [rows]
};

/// For one thread, which waits for those that code.
class RowCoder {
 public:
  /// Codes the rows of `vectors` from `first` on, on `threads` threads (0: all
  /// CPUs). What is given here must outlive this, but for the pointers of
  /// `reduction` nothing is copied.
  RowCoder(const VectorSet& vectors, const ReductionView& reduction,
           std::size_t first, unsigned threads);

  /// Gives the codes of all these rows to `take`, in their order; what it gets
  /// is valid during the call. Throws Error on NaN in a row, and what `take`
  /// throws; Interrupted.
  void code(const std::function<void(const CodesOfRows& piece)>& take);

  /// code() into `all`, which has room for as many rows.
  void code_into(CodedRows& all);

  /// Throws Error if a row that was coded is another in its file now. Another
  /// program may write to the vectors while they are indexed, which is harmless
  /// if it only adds rows behind them; so the rows are coded again and their
  /// sums compared, and only where a file was written to at all.
  void check_still_same() const;

  /// Memory that coding rows of that size takes, however many there are.
  static std::uint64_t memory_bytes(std::size_t dim, std::size_t width);

 private:
  void code_pieces(
      const std::function<void(const CodedRows& piece)>& take) const;

  const VectorSet& vectors_;
  ReductionView reduction_;
  std::size_t first_;
  unsigned threads_;
  std::vector<std::uint64_t> sums_;  // of the codes of each piece
};

}  // namespace imsearch
