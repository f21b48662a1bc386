#include "index/row_coder.h"

#include "base/error.h"
#include "base/interrupt.h"
#include "io/checksum.h"

#include <algorithm>

namespace imsearch {
namespace {

/// Enough for all threads, and little beside what a graph takes.
constexpr std::size_t kPieceBytes = std::size_t{8} << 20;

std::size_t rows_of_piece(std::size_t dim) {
  return std::max<std::size_t>(64, kPieceBytes / code_stride(dim));
}

std::uint64_t sum_of(const CodedRows& piece) {
  Checksum checksum;
  checksum.add(piece.codes.data(), piece.codes.size());
  checksum.add(piece.scales.data(), piece.rows * sizeof(float));
  checksum.add(piece.reduced.data(), piece.reduced.size());
  checksum.add(piece.errors.data(), piece.rows * sizeof(CodeErrors));
  return checksum.value();
}

/// A file that was written to since it was opened; nullptr if there is none.
const VectorFile* written_file(const VectorSet& vectors) {
  for (const VectorFile& file : vectors.files())
    if (file.file().current_state() != file.file().state()) return &file;
  return nullptr;
}

}  // namespace

RowCoder::RowCoder(const VectorSet& vectors, const ReductionView& reduction,
                   std::size_t first, unsigned threads)
    : vectors_(vectors),
      reduction_(reduction),
      first_(first),
      threads_(threads) {}

void RowCoder::code_pieces(
    const std::function<void(const CodedRows& piece)>& take) const {
  const std::size_t most = rows_of_piece(vectors_.dim());
  CodedRows piece;
  for (std::size_t row = first_; row < vectors_.rows(); row += piece.rows) {
    check_interrupt();
    const std::size_t rows = std::min(most, vectors_.rows() - row);
    if (piece.rows != rows)
      piece = room_for_codes(rows, vectors_.dim(), reduction_.width);
    code_rows_from(
        0, vectors_, reduction_, [row](std::size_t i) { return row + i; },
        threads_, piece);
    take(piece);
  }
}

void RowCoder::code(const std::function<void(const CodesOfRows& piece)>& take) {
  sums_.clear();
  code_pieces([&](const CodedRows& piece) {
    sums_.push_back(sum_of(piece));
    take({piece.rows, piece.codes.data(), piece.scales.data(),
          piece.reduced.data(), piece.errors.data()});
  });
}

void RowCoder::code_into(CodedRows& all) {
  std::size_t row = 0;
  code([&](const CodesOfRows& piece) {
    std::copy_n(piece.codes, piece.rows * all.stride,
                all.codes.data() + row * all.stride);
    std::copy_n(piece.scales, piece.rows, all.scales.data() + row);
    std::copy_n(piece.reduced, piece.rows * all.width,
                all.reduced.data() + row * all.width);
    std::copy_n(piece.errors, piece.rows, all.errors.data() + row);
    row += piece.rows;
  });
}

void RowCoder::check_still_same() const {
  const VectorFile* written = written_file(vectors_);
  if (written == nullptr) return;
  std::size_t pieces = 0;
  code_pieces([&](const CodedRows& piece) {
    if (sum_of(piece) != sums_.at(pieces++))
      fail("{}: changed while it was indexed: build the index again",
           written->path());
  });
}

std::uint64_t RowCoder::memory_bytes(std::size_t dim, std::size_t width) {
  return coded_rows_bytes(rows_of_piece(dim), dim, width);
}

}  // namespace imsearch
