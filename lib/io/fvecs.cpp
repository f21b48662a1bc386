// Where the rows lie in a file of vectors: ours is nothing but rows, other
// programs' formats have headers. A format is told by the ending of the name
// and checked by the size of the file, before any row is read: each reader
// below turns what a header states into one VectorLayout, or says what does not
// fit. Files come from anywhere, so products of stated numbers are taken only
// where they cannot overflow, and a file of the wrong size gets an error that
// names what its size would fit.
#include "io/fvecs.h"

#include "base/error.h"
#include "io/file.h"
#include "io/npy.h"
#include "io/read_ahead.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace imsearch {
namespace {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
              "rows are used as they are in the file");

constexpr std::size_t kFloatBytes = sizeof(float);

/// Copied out, since headers of other formats need not be aligned.
template <typename Integer>
Integer integer_at(const MappedFile& file, std::size_t offset) {
  Integer value = 0;
  std::memcpy(&value, file.data() + offset, sizeof value);
  return value;
}

void check_dim(const MappedFile& file, std::uint64_t stated,
               std::size_t wanted) {
  if (stated == 0 || stated > kMaxDim)
    fail("{}: states vectors of {} values, need 1 to {}", file.path(), stated,
         kMaxDim);
  if (wanted != 0 && wanted != stated)
    fail("{}: states vectors of {} values, not of {}", file.path(), stated,
         wanted);
}

// Dimensions of well-known networks' features, the likelier ones first.
constexpr std::array<std::size_t, 10> kCommonDims = {1280, 512, 768, 1024, 2048,
                                                     960,  256, 384, 1536, 128};
constexpr std::size_t kShownDims = 3;

/// A format that the first two ints of the file announce. In a raw file these
/// are floats, which fit by chance at best: the answer serves as a hint alone.
const char* format_by_header(const MappedFile& file) {
  std::array<std::uint32_t, 2> head = {};
  if (file.size() < sizeof head) return nullptr;
  std::memcpy(head.data(), file.data(), sizeof head);
  const std::uint64_t first = head[0];
  const std::uint64_t product = first * head[1];  // < 2^64
  const std::size_t payload = file.size() - sizeof head;
  if (product > 0 && payload == product) return ".u8bin";
  if (product > 0 && payload % 4 == 0 && payload / 4 == product) return ".fbin";
  if (first > 0 && first <= kMaxDim && file.size() % (4 + 4 * first) == 0)
    return ".fvecs";
  return nullptr;
}

const char* likely_format(const MappedFile& file) {
  const std::string_view bytes(reinterpret_cast<const char*>(file.data()),
                               file.size());
  return is_npy(bytes) ? ".npy" : format_by_header(file);
}

/// The first few of the common dimensions, other than `dim`, that would make
/// the file a whole number of rows: "512, 768"; empty if none does.
std::string fitting_dims(const MappedFile& file, std::size_t dim) {
  std::string text;
  std::size_t shown = 0;
  for (const std::size_t common : kCommonDims) {
    if (common == dim || file.size() % (4 * common) != 0) continue;
    if (shown++ == kShownDims) break;
    text += (text.empty() ? "" : ", ") + std::to_string(common);
  }
  return text;
}

/// What a file of a wrong size could be instead: the end of an error about a
/// raw file of rows of `dim` floats: what the first bytes or the size would
/// fit, and the remedy, starting with "; ".
std::string size_hint(const MappedFile& file, std::size_t dim) {
  if (const char* format = likely_format(file))
    return fmt::format(
        "; it looks like a {0} file: give it a name that ends in {0}", format);
  const std::string dims = fitting_dims(file, dim);
  if (!dims.empty()) return fmt::format("; its size fits rows of {}", dims);
  return "; its rows have another dimension, or it is incomplete";
}

VectorLayout raw_layout(const MappedFile& file, std::size_t dim) {
  if (dim == 0) dim = kDefaultDim;
  if (dim > kMaxDim)
    fail("{}: vectors of {} values, at most {} are read", file.path(), dim,
         kMaxDim);
  const std::size_t floats = file.size() / kFloatBytes;
  if (file.size() % kFloatBytes != 0 || floats % dim != 0)
    fail("{}: {} bytes are not a whole number of rows of {} floats{}",
         file.path(), file.size(), dim, size_hint(file, dim));
  return {floats / dim, dim, 0, dim * kFloatBytes, Element::kFloat32};
}

/// TEXMEX: an int32 dim before each row. Source: http://corpus-texmex.irisa.fr
VectorLayout texmex_layout(const MappedFile& file, std::size_t dim) {
  constexpr std::size_t kPrefixBytes = sizeof(std::int32_t);
  if (file.size() < kPrefixBytes)
    fail("{}: {} bytes state no dimension", file.path(), file.size());
  // Unsigned: a negative number is one that is too great.
  const std::size_t row_dim = integer_at<std::uint32_t>(file, 0);
  check_dim(file, row_dim, dim);
  const std::size_t stride = kPrefixBytes + row_dim * kFloatBytes;
  if (file.size() % stride != 0)
    fail(
        "{}: {} bytes are not a whole number of .fvecs rows of {} values ({} "
        "bytes)",
        file.path(), file.size(), row_dim, stride);
  const std::size_t rows = file.size() / stride;
  // Reading every prefix now would read the whole file: VectorFile::row() looks
  // at those of the rows that are asked for.
  const std::size_t last = integer_at<std::uint32_t>(file, (rows - 1) * stride);
  if (last != row_dim)
    fail("{}: row 0 has {} values, but row {} has {}", file.path(), row_dim,
         rows - 1, last);
  return {rows, row_dim, kPrefixBytes, stride, Element::kFloat32, true};
}

/// big-ann: uint32 rows and dim, then all values.
/// Source: https://big-ann-benchmarks.com
VectorLayout bigann_layout(const MappedFile& file, std::size_t dim,
                           Element element) {
  constexpr std::size_t kHeaderBytes = 2 * sizeof(std::uint32_t);
  if (file.size() < kHeaderBytes)
    fail("{}: truncated: {} bytes, the header alone has {}", file.path(),
         file.size(), kHeaderBytes);
  const std::size_t rows = integer_at<std::uint32_t>(file, 0);
  const std::size_t row_dim = integer_at<std::uint32_t>(file, 4);
  check_dim(file, row_dim, dim);
  const std::size_t value_bytes =
      element == Element::kFloat32 ? kFloatBytes : 1;
  const std::size_t payload = file.size() - kHeaderBytes;
  // Two numbers below 2^32 have a product below 2^64.
  if (payload % value_bytes != 0 || payload / value_bytes != rows * row_dim)
    fail("{}: states {} rows of {} values of {} bytes, but {} bytes follow",
         file.path(), rows, row_dim, value_bytes, payload);
  return {rows, row_dim, kHeaderBytes, row_dim * value_bytes, element};
}

/// NumPy's array of float32. The header is parsed by io/npy.h; here its numbers
/// are held against the size of the file.
VectorLayout npy_layout(const MappedFile& file, std::size_t dim) {
  const std::string_view bytes(reinterpret_cast<const char*>(file.data()),
                               file.size());
  const NpyHeader header = parse_npy_header(bytes, file.path());
  check_dim(file, header.dim, dim);
  const std::size_t payload = file.size() - header.first_byte;
  const std::size_t floats = payload / kFloatBytes;
  // Compared by division: rows times dim, of 64 bits each, could overflow to
  // the right size.
  if (payload % kFloatBytes != 0 || floats % header.dim != 0 ||
      floats / header.dim != header.rows)
    fail("{}: states {} rows of {} floats, but {} bytes follow", file.path(),
         header.rows, header.dim, payload);
  return {header.rows, header.dim, header.first_byte, header.dim * kFloatBytes,
          Element::kFloat32};
}

/// Files that are not vectors as they are read here, whose size may fit raw
/// floats all the same.
struct Foreign {
  std::string_view ending;
  std::string_view content;
};

constexpr std::array<Foreign, 9> kForeign = {{
    {"ivecs", "whole numbers, such as the rows of true neighbours"},
    {"ibin", "whole numbers, such as the rows of true neighbours"},
    {"bvecs", "bytes in rows that state their dimension"},
    {"npz", "several arrays"},
    {"h5", "HDF5"},
    {"hdf5", "HDF5"},
    {"csv", "text"},
    {"tsv", "text"},
    {"parquet", "columns"},
}};

void refuse_foreign(const std::string& path) {
  const std::string ending = ending_of(path);
  for (const Foreign& foreign : kForeign)
    if (ending == foreign.ending)
      fail(
          "{}: vectors are not read from .{} files, which hold {}: save them "
          "with "
          "numpy.save(), as a .npy file of float32",
          path, foreign.ending, foreign.content);
}

std::string extension_of(const std::string& path) {
  const std::string name = base_name(path);
  const std::size_t dot = name.rfind('.');
  return dot == std::string::npos ? "" : name.substr(dot);
}

/// 8-bit values as floats, which hold all of them exactly.
template <typename Value>
void widen(const std::byte* from, std::size_t count, float* to) {
  const auto* values = reinterpret_cast<const Value*>(from);
  for (std::size_t i = 0; i < count; ++i) to[i] = values[i];
}

/// The layout of `file`, whose format its name tells. `dim` as for VectorFile,
/// 0: not known. Every row of the layout is inside the file. Throws Error if
/// the size or what the file states does not fit.
VectorLayout vector_layout(const MappedFile& file, std::size_t dim) {
  const std::string extension = extension_of(file.path());
  if (extension == ".fvecs") return texmex_layout(file, dim);
  if (extension == ".fbin") return bigann_layout(file, dim, Element::kFloat32);
  if (extension == ".u8bin") return bigann_layout(file, dim, Element::kUint8);
  if (extension == ".i8bin") return bigann_layout(file, dim, Element::kInt8);
  if (extension == ".npy") return npy_layout(file, dim);
  refuse_foreign(file.path());
  return raw_layout(file, dim);
}

}  // namespace

VectorFile::VectorFile(const std::string& path, std::size_t dim)
    : file_(path), layout_(vector_layout(file_, dim)) {}

void VectorFile::check_stated_dim(std::size_t i) const {
  std::uint32_t stated = 0;
  std::memcpy(&stated, file_.data() + i * layout_.stride_bytes, sizeof stated);
  if (stated != layout_.dim)
    fail("{}: row 0 has {} values, but row {} has {}", path(), layout_.dim, i,
         stated);
}

const float* VectorFile::row(std::size_t i, float* scratch) const {
  // A pointer into the mapping wherever that may be read as floats: the rows of
  // a large file are then never copied. A header of an odd length, or 8-bit
  // values, need the caller's scratch.
  if (layout_.states_dims) check_stated_dim(i);
  const std::byte* values =
      file_.data() + layout_.first_byte + i * layout_.stride_bytes;
  switch (layout_.element) {
    case Element::kUint8:
      widen<std::uint8_t>(values, layout_.dim, scratch);
      return scratch;
    case Element::kInt8:
      widen<std::int8_t>(values, layout_.dim, scratch);
      return scratch;
    case Element::kFloat32:
      break;
  }
  if (reinterpret_cast<std::uintptr_t>(values) % alignof(float) == 0)
    return reinterpret_cast<const float*>(values);
  std::memcpy(scratch, values, layout_.dim * sizeof(float));
  return scratch;
}

void VectorFile::fetch_row(std::size_t i) const {
  fetch_mapped(file_.data() + layout_.first_byte + i * layout_.stride_bytes,
               layout_.stride_bytes);
}

}  // namespace imsearch
