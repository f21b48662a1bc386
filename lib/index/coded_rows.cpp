// Codes rows on all threads. Each row is read and normalised once, gets its SQ8
// code, from that its short code, and the errors of both. Threads take blocks
// of rows, and every row has its own place, so that nothing is locked and the
// result does not depend on the number of threads.
#include "index/coded_rows.h"

#include "base/error.h"
#include "base/parallel_for.h"
#include "index/huge_pages.h"

#include <new>

namespace imsearch {
namespace {

constexpr std::size_t kRowsCoded = 64;

}  // namespace

CodedRows room_for_codes(std::size_t rows, std::size_t dim, std::size_t width) {
  try {
    CodedRows coded;
    coded.rows = rows;
    coded.stride = code_stride(dim);
    coded.width = width;
    coded.codes.resize(rows * coded.stride);
    coded.scales.resize(rows);
    resize_on_huge_pages(coded.reduced, rows * width);
    coded.errors.resize(rows);
    return coded;
  } catch (const std::bad_alloc&) {
    fail("not enough memory for the codes of {} rows", rows);
  }
}

void code_rows_from(std::size_t first, const VectorSet& vectors,
                    const ReductionView& reduction,
                    const std::function<std::size_t(std::size_t)>& row_of,
                    unsigned threads, CodedRows& rows) {
  parallel_for(
      rows.rows - first, kRowsCoded, threads,
      [&](std::size_t begin, std::size_t end, unsigned) {
        std::vector<float> unit(vectors.dim());
        for (std::size_t i = begin; i < end; ++i) {
          const std::size_t row = first + i;
          vectors.read_unit(row_of(i), unit.data());
          rows.scales[row] = encode(
              unit.data(), reduction, rows.codes.data() + row * rows.stride,
              rows.reduced.data() + row * rows.width, rows.errors[row]);
        }
      });
}

CodedRows code_rows(const VectorSet& vectors, const ReductionView& reduction,
                    std::size_t count,
                    const std::function<std::size_t(std::size_t)>& row_of,
                    unsigned threads) {
  CodedRows coded = room_for_codes(count, vectors.dim(), reduction.width);
  code_rows_from(0, vectors, reduction, row_of, threads, coded);
  return coded;
}

CodedRows code_rows(const VectorSet& vectors, const ReductionView& reduction,
                    unsigned threads) {
  return code_rows(
      vectors, reduction, vectors.rows(), [](std::size_t i) { return i; },
      threads);
}

std::uint64_t coded_rows_bytes(std::size_t rows, std::size_t dim,
                               std::size_t width) {
  return std::uint64_t{rows} *
         (code_stride(dim) + sizeof(float) + width + sizeof(CodeErrors));
}

}  // namespace imsearch
