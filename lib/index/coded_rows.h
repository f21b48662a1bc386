// All rows of an index in both codes, as a build holds them in memory until
// they are written.
#pragma once

#include "index/reduction.h"
#include "index/sq8.h"
#include "index/vector_set.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace imsearch {

struct CodedRows {
  std::size_t rows = 0;
  std::size_t stride = 0;            // code_stride(dim)
  std::size_t width = 0;             // of short codes
  std::vector<std::int8_t> codes;    // [rows, stride], sq8.h
  std::vector<float> scales;         // [rows]
  std::vector<std::int8_t> reduced;  // [rows, width], reduction.h
  std::vector<CodeErrors> errors;    // [rows]

  const std::int8_t* reduced_code(std::size_t row) const {
    return reduced.data() + row * width;
  }
};

/// Room for the codes of `rows` rows, which are still zero. Throws Error if
/// memory is short.
CodedRows room_for_codes(std::size_t rows, std::size_t dim, std::size_t width);

/// Codes into rows[first + i] the row row_of(i) of `vectors`, for each i up to
/// the last place in `rows`, on `threads` threads (0: all). Throws Error on NaN
/// in a row; Interrupted.
void code_rows_from(std::size_t first, const VectorSet& vectors,
                    const ReductionView& reduction,
                    const std::function<std::size_t(std::size_t)>& row_of,
                    unsigned threads, CodedRows& rows);

/// Codes `count` rows, the i-th being row_of(i), on `threads` threads (0: all).
/// Throws Error on NaN in a row, and if memory is short; Interrupted.
CodedRows code_rows(const VectorSet& vectors, const ReductionView& reduction,
                    std::size_t count,
                    const std::function<std::size_t(std::size_t)>& row_of,
                    unsigned threads);
/// Codes all rows of `vectors`.
CodedRows code_rows(const VectorSet& vectors, const ReductionView& reduction,
                    unsigned threads);

/// Memory that a CodedRows of that size takes.
std::uint64_t coded_rows_bytes(std::size_t rows, std::size_t dim,
                               std::size_t width);

}  // namespace imsearch
