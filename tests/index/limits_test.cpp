// Sizes and places at the most rows that an index may have: in sparse files,
// which take no room, and by arithmetic of twice as many bits.
#include "base/error.h"
#include "index/build.h"
#include "index/index_impl.h"
#include "index/index_meta.h"
#include "index/sample.h"
#include "index/serialize.h"
#include "io/checksum.h"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

using namespace imsearch;
using namespace imsearch::test;

namespace {

__extension__ typedef unsigned __int128 Wide;

constexpr std::uint64_t kMost = (std::uint64_t{1} << 31) - 1;
constexpr std::size_t kDim = 4;  // 16 bytes a row
constexpr std::size_t kM = 48;

std::string complaint(const VectorSet& vectors, const Names& names) {
  try {
    check_sizes(vectors, names, {});
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

/// False where the file system has no files of that size.
bool make_sparse(const std::string& path, std::uint64_t size_bytes) {
  std::ofstream(path, std::ios::binary).put(0);
  std::error_code error;
  std::filesystem::resize_file(path, size_bytes, error);
  return !error;
}

/// Makes the sections of an index of kMost rows, of which hardly one is
/// written.
class SparseIndex {
 public:
  explicit SparseIndex(const std::string& path) : path_(path) {
    header_.rows = kMost;
    header_.dim = kDim;
    header_.M = kM;
    header_.ef_construction = 128;
    header_.reduced_width = 64;
    header_.gain = 1;
    header_.entry = kMost - 1;
  }

  std::uint64_t add(const char* name, std::uint64_t size_bytes) {
    SectionEntry entry;
    std::strncpy(entry.name, name, sizeof entry.name - 1);
    entry.offset = (end_ + 4095) / 4096 * 4096;
    entry.size_bytes = size_bytes;
    end_ = entry.offset + size_bytes;
    table_.push_back(entry);
    return entry.offset;
  }

  /// The file, with `bytes` at `offset`s.
  struct Piece {
    std::uint64_t offset;
    std::string bytes;
  };
  bool write(const std::vector<Piece>& pieces, const std::string& meta) {
    table_.back().checksum = checksum_of(meta.data(), meta.size());
    header_.file_bytes = end_;
    header_.section_count = static_cast<std::uint32_t>(table_.size());
    Checksum checksum;
    checksum.add(&header_, offsetof(IndexHeader, checksum));
    checksum.add(table_.data(), table_.size() * sizeof table_[0]);
    header_.checksum = checksum.value();
    if (!make_sparse(path_, end_)) return false;
    std::fstream file(path_, std::ios::binary | std::ios::in | std::ios::out);
    file.write(reinterpret_cast<const char*>(&header_), sizeof header_);
    file.write(reinterpret_cast<const char*>(table_.data()),
               static_cast<std::streamsize>(table_.size() * sizeof table_[0]));
    for (const Piece& piece : pieces) {
      file.seekp(static_cast<std::streamoff>(piece.offset));
      file.write(piece.bytes.data(),
                 static_cast<std::streamsize>(piece.bytes.size()));
    }
    return file.good();
  }

 private:
  std::string path_;
  IndexHeader header_;
  std::vector<SectionEntry> table_;
  std::uint64_t end_ = sizeof(IndexHeader) + 14 * sizeof(SectionEntry);
};

template <typename T>
std::string bytes_of(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()),
          values.size() * sizeof(T)};
}

}  // namespace

TEST_SUITE("index") {
  TEST_CASE("limits: 2^31 rows are refused, one fewer is not") {
    const TempDir folder;
    const std::string most = folder / "most.bin";
    const std::string more = folder / "more.bin";
    if (!make_sparse(most, kMost * kDim * 4)) return;
    REQUIRE(make_sparse(more, (kMost + 1) * kDim * 4));
    const VectorSet fits({most}, kDim);
    CHECK(fits.rows() == kMost);
    CHECK(complaint(fits, {}) == most + ": 2147483647 rows, but 0 names");
    CHECK(complaint(VectorSet({more}, kDim), {}) ==
          more + ": 2147483648 rows, an index holds 2147483647 at most");
    // Together they have too many, too.
    CHECK(complaint(VectorSet({most, most}, kDim), {}) ==
          most +
              " and 1 more: 4294967294 rows, an index holds 2147483647 at "
              "most");
  }

  TEST_CASE("limits: the last of 2^31 - 1 rows is where it should be") {
    const TempDir folder;
    const std::string path = folder / "most.bin";
    if (!make_sparse(path, (kMost - 1) * kDim * 4)) return;
    std::ofstream(path, std::ios::binary | std::ios::app)
        << bytes_of<float>({0, 3, 0, 4});
    const VectorSet vectors({path}, kDim);
    REQUIRE(vectors.rows() == kMost);
    float unit[kDim] = {};
    vectors.read_unit(kMost - 1, unit);
    CHECK(unit[1] == 0.6F);
    CHECK(unit[3] == 0.8F);
    CHECK(vectors.where(kMost - 1) == path + ": row 2147483646");
    vectors.read_unit(kMost - 2, unit);
    CHECK(unit[1] == 0);
  }

  TEST_CASE("limits: a file's size is right beyond 2^40 bytes") {
    IndexInfo info;
    info.rows = kMost;
    info.dim = kDim;
    info.params.M = kM;
    const ReductionView reduction = {kDim,    64,      false, nullptr,
                                     nullptr, nullptr, 1};
    const Wide rows = kMost;
    const Wide sections[] = {0,
                             64 * 8,
                             rows * 64,
                             rows * 64,
                             rows * 4,
                             rows * 8,
                             rows * 112 * 4,
                             rows / 47 * 52 * 4,
                             0,
                             rows * 8,
                             meta_to_json(info).size()};
    Wide end = 80 + 11 * 40;
    for (const Wide section : sections)
      end = (end + 4095) / 4096 * 4096 + section;
    CHECK(end == Wide{serialized_bytes({}, info, reduction)});
    CHECK(end > (Wide{1} << 40));
    // With the short codes, of which it is built.
    const Wide graph =
        HnswGraph::memory_bytes(kMost, info.params, 2) + rows * 128;
    CHECK(graph > rows * 500);
    CHECK(graph < rows * 750);
  }

  TEST_CASE(
      "limits: an index of 2^31 - 1 rows opens, and its last row is read") {
    const TempDir folder;
    const std::string path = folder / "index";
    SparseIndex file(path);
    constexpr std::uint64_t kLast = kMost - 1;
    constexpr std::uint64_t kLinks = link_stride(kM) * 4;
    IndexInfo info;
    info.dim = kDim;
    const std::string meta = meta_to_json(info);
    file.add("components", 0);
    file.add("factors", 64 * 4);
    file.add("offsets", 64 * 4);
    const std::uint64_t reduced = file.add("reduced", kMost * 64);
    const std::uint64_t codes = file.add("codes", kMost * 64);
    const std::uint64_t scales = file.add("scales", kMost * 4);
    const std::uint64_t errors = file.add("errors", kMost * 8);
    const std::uint64_t links = file.add("links", kMost * kLinks);
    file.add("twins", 0);
    file.add("upper", 0);
    const std::uint64_t deleted = file.add("deleted", (kMost + 7) / 8);
    const std::uint64_t names = file.add("names", 9);
    const std::uint64_t name_ends = file.add("name_ends", kMost * 8);
    const std::uint64_t at_meta = file.add("meta", meta.size());
    const bool made = file.write(
        {{reduced + kLast * 64, "\x01\x02"},
         {codes + kLast * 64, "\x03\x04"},
         {scales + kLast * 4, bytes_of<float>({0.25F})},
         {errors + kLast * 8, bytes_of<float>({0.5F, 0.125F})},
         {links + kLast * kLinks,
          bytes_of<std::uint32_t>({2, 0, static_cast<std::uint32_t>(kLast)})},
         {deleted + kLast / 8, std::string(1, 0x40)},
         {names, "first.jpg"},
         {name_ends + kLast * 8, bytes_of<std::uint64_t>({9})},
         {at_meta, meta}},
        meta);
    if (!made) return;
    const Index index(path);
    const Index::Impl& impl = index.impl();
    const auto last = static_cast<std::uint32_t>(kLast);
    CHECK(index.rows() == kMost);
    CHECK(index.name(last) == "first.jpg");
    CHECK(index.name(last - 1).empty());
    CHECK(impl.view.code(last)[1] == 2);
    CHECK(impl.view.code(last - 1)[1] == 0);
    CHECK(impl.codes.code(last)[0] == 3);
    CHECK(impl.codes.scales[last] == 0.25F);
    CHECK(impl.errors[last].reduced == 0.125F);
    CHECK(impl.view.links_of(last).count == 2);
    CHECK(impl.view.links_of(last).links[1] == last);
    CHECK(impl.view.links_of(last - 1).count == 0);
    CHECK(index.deleted_rows() == 1);
    CHECK(index.is_deleted(last));
    std::vector<float> unit(kDim);
    index.read_unit(last, unit.data());
    CHECK(unit[1] == 1);
  }
}
