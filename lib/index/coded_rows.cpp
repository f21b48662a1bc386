#include "index/coded_rows.h"

#include "base/error.h"
#include "base/parallel_for.h"

#include <new>

namespace imsearch {
namespace {

constexpr std::size_t kRowsAtOnce = 64;

CodedRows room_for(std::size_t rows, std::size_t dim, std::size_t width) {
  try {
    CodedRows coded;
    coded.rows = rows;
    coded.stride = code_stride(dim);
    coded.width = width;
    coded.codes.resize(rows * coded.stride);
    coded.scales.resize(rows);
    coded.reduced.resize(rows * width);
    coded.errors.resize(rows);
    return coded;
  } catch (const std::bad_alloc&) {
    fail("not enough memory for the codes of {} rows", rows);
  }
}

}  // namespace

CodedRows code_rows(const VectorSet& vectors, const ReductionView& reduction,
                    std::size_t count,
                    const std::function<std::size_t(std::size_t)>& row_of,
                    unsigned threads) {
  CodedRows coded = room_for(count, vectors.dim(), reduction.width);
  parallel_for(
      coded.rows, kRowsAtOnce, threads,
      [&](std::size_t begin, std::size_t end, unsigned) {
        std::vector<float> unit(vectors.dim());
        for (std::size_t row = begin; row < end; ++row) {
          vectors.read_unit(row_of(row), unit.data());
          coded.scales[row] = encode(
              unit.data(), reduction, coded.codes.data() + row * coded.stride,
              coded.reduced.data() + row * coded.width, coded.errors[row]);
        }
      });
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
