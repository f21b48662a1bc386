// Changes beside an index that is large enough to have some: deletions, few
// rows more, other names; what readers see of them; and damage.
#include "index/index_changes.h"

#include "base/error.h"
#include "index/append_few.h"
#include "index/deletions.h"
#include "index/index_impl.h"
#include "index/resealed.h"
#include "index/sample.h"
#include "index/searcher.h"
#include "io/file.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <set>

using namespace imsearch;
using namespace imsearch::test;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kRows = 7500;
constexpr std::size_t kDim = 64;
constexpr HnswParams kGraph = {48, 64, 100};

/// The rows of all indexes here, and some to add.
const Matrix& all_rows() {
  static const Matrix rows = rows_with(kRows + 400, kDim, 12);
  return rows;
}

Matrix rows_from(std::size_t first, std::size_t count) {
  Matrix part(count, kDim);
  std::copy_n(all_rows().row(first), count * kDim, part.row(0));
  return part;
}

/// A copy of one index of the first rows, which is built once.
struct Large {
  Large() : vectors_path(folder / "fvecs.bin"), index_path(folder / "i") {
    static const Sample built(rows_from(0, kRows), kGraph, 2);
    fs::copy(built.vectors_path, vectors_path);
    fs::copy(built.index_path, index_path);
    with_fixed_time(vectors_path);
  }

  /// Adds rows behind the vectors, and to the index.
  void append(std::size_t count, bool renames = false,
              const std::vector<std::uint32_t>& gone = {}) {
    const Index index(index_path);
    std::ofstream(vectors_path, std::ios::binary | std::ios::app)
        << raw_bytes(rows_from(index.rows(), count));
    with_fixed_time(vectors_path);
    const VectorSet vectors({vectors_path}, kDim);
    REQUIRE(are_few(index, count));
    CHECK(codes_suit(index, vectors, 2));
    append_few(index, vectors, names_of(vectors.rows(), renames), renames, 2,
               {}, gone);
  }

  static Names names_of(std::size_t rows, bool other) {
    std::string lines;
    for (std::size_t row = 0; row < rows; ++row)
      lines += (other ? "new " : "row ") + std::to_string(row) + "\n";
    return split_names(lines, Separator::kNewline);
  }

  TempDir folder;
  std::string vectors_path;
  std::string index_path;
};

/// What an index says of each row, and of queries.
struct Content {
  explicit Content(const std::string& path) {
    const Index index(path);
    index.verify();
    for (std::uint32_t row = 0; row < index.rows(); ++row) {
      names.emplace_back(index.name(row));
      if (index.is_deleted(row)) deleted.push_back(row);
    }
    const Matrix queries = unit_rows(rows_from(kRows - 20, 60));
    for (std::size_t q = 0; q < queries.rows(); ++q)
      found.push_back(Searcher(index).search(queries.row(q), {10, 64}));
  }
  bool operator==(const Content& other) const {
    return names == other.names && deleted == other.deleted &&
           found == other.found;
  }

  std::vector<std::string> names;
  std::vector<std::uint32_t> deleted;
  std::vector<Hits> found;
};

}  // namespace

TEST_SUITE("index") {
  TEST_CASE("deletions go beside a large index, and cost what is deleted") {
    const Large large;
    const std::string before = read_file(large.index_path);
    delete_from_index(Index(large.index_path), {3, 5, 7499});
    CHECK(read_file(large.index_path) == before);
    CHECK(fs::file_size(large.index_path + ".changes") < 32768);
    const std::vector<std::uint32_t> wanted = {3, 5, 7499};
    CHECK(Content(large.index_path).deleted == wanted);
    CHECK(Index(large.index_path).deleted_rows() == 3);
    delete_from_index(Index(large.index_path), {5, 6});
    const std::vector<std::uint32_t> more = {3, 5, 6, 7499};
    CHECK(Content(large.index_path).deleted == more);
    CHECK_THROWS_AS(delete_from_index(Index(large.index_path), {kRows}), Error);
    CHECK(Content(large.index_path).deleted == more);
  }

  TEST_CASE("few rows go beside a large index, again and again") {
    Large large;
    const std::string before = read_file(large.index_path);
    const Matrix queries = unit_rows(rows_from(kRows, 100));
    large.append(30);
    delete_from_index(Index(large.index_path), {2, kRows + 3});
    large.append(1);
    large.append(37, false, {kRows + 50});
    CHECK(read_file(large.index_path) == before);
    for (const IndexAccess access :
         {IndexAccess::kMapped, IndexAccess::kLoaded}) {
      const Index index(large.index_path, access);
      CHECK_NOTHROW(index.verify());
      CHECK_NOTHROW(index.check_rows());
      CHECK(index.rows() == kRows + 68);
      CHECK(index.name(kRows + 67) == "row 7567");
      CHECK(index.why_no_vectors() == "");
      CHECK(index.deleted_rows() == 3);
      CHECK(index.is_deleted(kRows + 50));
      Searcher searcher(index);
      for (std::uint32_t i = 0; i < 68; ++i) {
        const Hits hits = searcher.search(queries.row(i), {1, 64});
        REQUIRE(hits.size() == 1);
        if (!index.is_deleted(kRows + i)) CHECK(hits[0].row == kRows + i);
      }
      for (std::uint32_t i = 0; i < 100; ++i)
        CHECK(searcher.search(queries.row(i), {10, 128}) ==
              searcher.search_exactly(queries.row(i), 10));
    }
  }

  TEST_CASE("rows that were added are found as by a graph of all") {
    Large large;
    for (int i = 0; i < 10; ++i) large.append(37);
    const Sample whole(rows_from(0, kRows + 370), kGraph, 2);
    const Index index(large.index_path);
    const Matrix queries = unit_rows(rows_from(kRows, 400));
    const double fresh =
        recall(Index(whole.index_path), whole.vectors, queries, {10, 24});
    CHECK(recall(index, *index.vectors(), queries, {10, 24}) >= fresh - 0.003);
  }

  TEST_CASE("copies of rows that were added are their duplicates") {
    Large large;
    std::ofstream(large.vectors_path, std::ios::binary | std::ios::app)
        << raw_bytes(rows_from(100, 5)) << raw_bytes(rows_from(100, 5))
        << raw_bytes(rows_from(kRows, 1)) << raw_bytes(rows_from(kRows, 1));
    with_fixed_time(large.vectors_path);
    const VectorSet vectors({large.vectors_path}, kDim);
    append_few(Index(large.index_path), vectors,
               Large::names_of(vectors.rows(), false), false, 2, {}, {});
    const Index index(large.index_path);
    CHECK_NOTHROW(index.verify());
    CHECK(index.impl().view.duplicate_count == 11);
    const Matrix units = unit_rows(rows_from(100, 1));
    const Hits hits = Searcher(index).search(units.row(0), {3, 64});
    CHECK(hits == Hits{{100, 0}, {kRows, 0}, {kRows + 5, 0}});
  }

  TEST_CASE("names may change beside an index, too") {
    Large large;
    delete_from_index(Index(large.index_path), {9});
    revise_index(Index(large.index_path), Large::names_of(kRows, true), {11});
    const std::vector<std::uint32_t> wanted = {9, 11};
    CHECK(Content(large.index_path).deleted == wanted);
    CHECK(Index(large.index_path).name(7) == "new 7");
    large.append(3, true);
    CHECK(Index(large.index_path).name(7) == "new 7");
    CHECK(Index(large.index_path).name(kRows + 2) == "new 7502");
    CHECK(Content(large.index_path).deleted == wanted);
  }

  TEST_CASE("many changes are taken into the index, which stays the same") {
    Large large;
    CHECK_FALSE(take_in_changes(large.index_path));
    large.append(37);
    CHECK(Index(large.index_path).impl().changes.has_value());
    while (true) {
      const Content before(large.index_path);
      if (!take_in_changes(large.index_path)) {
        REQUIRE(Index(large.index_path).rows() < kRows + 350);
        large.append(37);
        delete_from_index(Index(large.index_path),
                          {static_cast<std::uint32_t>(before.names.size())});
        if (Index(large.index_path).impl().changes) continue;
        break;
      }
      CHECK(Content(large.index_path) == before);
      break;
    }
    CHECK_FALSE(file_exists(large.index_path + ".changes"));
    CHECK(Index(large.index_path).rows() > kRows);
  }

  TEST_CASE("whoever has the index open goes on with it") {
    Large large;
    const Index open(large.index_path);
    delete_from_index(Index(large.index_path), {3});
    const Index later(large.index_path);
    large.append(10);
    CHECK(open.rows() == kRows);
    CHECK_FALSE(open.is_deleted(3));
    CHECK_NOTHROW(open.ensure_unchanged());
    CHECK_NOTHROW(open.verify());
    CHECK(later.rows() == kRows);
    CHECK(later.is_deleted(3));
    CHECK_NOTHROW(later.ensure_unchanged());
    CHECK_NOTHROW(later.verify());
  }

  TEST_CASE("changes of another index count for nothing") {
    const Large large;
    delete_from_index(Index(large.index_path), {3});
    const Large other;
    const std::string changes = read_file(large.index_path + ".changes");
    // One index file, whatever its name: a copy of both is changed, too.
    other.folder.write("i.changes", changes);
    CHECK(Index(other.index_path).is_deleted(3));
    const Sample built(rows_from(0, kRows - 1), kGraph, 2);
    const std::string stale = built.index_path + ".changes";
    fs::copy(large.index_path + ".changes", stale);
    CHECK(Index(built.index_path).deleted_rows() == 0);
    // The next change replaces them; a new index removes them.
    delete_from_index(Index(built.index_path), {4});
    CHECK(Index(built.index_path).is_deleted(4));
    CHECK_FALSE(Index(built.index_path).is_deleted(3));
    fit_and_build(VectorSet({built.vectors_path}, kDim),
                  numbered_names(kRows - 1), {}, kGraph, 2, built.index_path,
                  {});
    CHECK_FALSE(file_exists(stale));
    // So does one where there was none.
    delete_from_index(Index(built.index_path), {4});
    fs::remove(built.index_path);
    fit_and_build(VectorSet({built.vectors_path}, kDim),
                  numbered_names(kRows - 1), {}, kGraph, 2, built.index_path,
                  {});
    CHECK(Index(built.index_path).deleted_rows() == 0);
  }

  TEST_CASE("damaged changes are told, and lead to no crash") {
    Large large;
    large.append(20);
    delete_from_index(Index(large.index_path), {3});
    const std::string path = large.index_path + ".changes";
    const std::string whole = read_file(path);
    CHECK(complaint_about(large.index_path) == "");
    std::size_t told = 0;
    std::size_t tried = 0;
    for (std::size_t at = 0; at < whole.size(); at += 997, ++tried) {
      std::string damaged = whole;
      damaged[at] = static_cast<char>(damaged[at] ^ 0x55);
      large.folder.write("i.changes", damaged);
      if (complaint_about(large.index_path).find(path) == 0) ++told;
    }
    // What says whose they are may now say that they are another's.
    CHECK(told + 1 >= tried);
    for (const std::size_t size : {0UL, 7UL, 100UL, whole.size() - 1}) {
      large.folder.write("i.changes", whole.substr(0, size));
      CHECK(complaint_about(large.index_path).find(path) == 0);
    }
    large.folder.write("i.changes", read_file(large.index_path));
    CHECK(complaint_about(large.index_path).find(path) == 0);
  }

  TEST_CASE("changes that are wrong under right checksums are told") {
    Large large;
    std::ofstream(large.vectors_path, std::ios::binary | std::ios::app)
        << raw_bytes(rows_from(kRows, 20)) << raw_bytes(rows_from(100, 1));
    with_fixed_time(large.vectors_path);
    append_few(Index(large.index_path), VectorSet({large.vectors_path}, kDim),
               Large::names_of(kRows + 21, false), false, 2, {}, {});
    const std::string path = large.index_path + ".changes";
    const std::string whole = read_file(path);
    const auto complaint = [&](const std::string& file) {
      large.folder.write("i.changes", file);
      const std::string text = complaint_about(large.index_path);
      // Who has verified the index before asks about the changes alone.
      try {
        Index(large.index_path).verify_changes();
        CHECK(text == "");
      } catch (const Error& error) {
        CHECK(error.what() == text);
      }
      return text.substr(0, text.find("; "));
    };
    const auto with_words = [&](const std::string& section, auto change) {
      return complaint(
          with_changed(whole, section, [&](char* data, std::size_t size) {
            REQUIRE(size >= 8);
            change(reinterpret_cast<std::uint32_t*>(data));
          }));
    };
    const std::string damaged = path + ": damaged: section ";
    CHECK(complaint(whole) == "");
    // What the index file has behind its last whole page, and changes have
    // again, is not changed by them.
    for (const std::string section : {"reduced", "codes", "scales", "errors"})
      CHECK(with_words(section, [](std::uint32_t* words) { ++words[0]; }) ==
            damaged + section + ": rows of " + large.index_path);
    CHECK(with_words("links", [&](std::uint32_t* words) {
            const std::uint64_t head =
                kRows * link_stride(48) * 4 / 4096 * 4096;
            // A link of the last row; that of no other is there twice.
            std::uint32_t* last =
                words + ((kRows - 1) * link_stride(48) * 4 - head) / 4;
            std::swap(last[1], last[2]);
          }) == damaged + "links: list 7499 of " + large.index_path);
    CHECK(with_words("link_changes", [](std::uint32_t* words) {
            words[0] = kRows;
          }) == damaged + "link_changes");
    CHECK(with_words("twins", [](std::uint32_t* words) {
            REQUIRE(words[1] == kRows + 20);
            words[1] = 5;
          }) == damaged + "twins: entry 0");
    CHECK(with_words("base", [](std::uint32_t* words) {
            words[4] = kRows + 1;
          }) == damaged + "base");
    // The graph of an index without new rows is that of its file.
    fs::remove(path);
    delete_from_index(Index(large.index_path), {3});
    const std::string deletion = read_file(path);
    std::vector<IndexHeader> headers(2, header_of(deletion));
    ++headers[0].max_level;
    ++headers[1].entry;
    for (const IndexHeader& header : headers) {
      std::string file = deletion;
      reseal(file, header, table_of(deletion));
      CHECK(complaint(file) == path + ": damaged: header");
    }
  }

  TEST_CASE("changes are as private as their index") {
    const Large large;
    fs::permissions(large.index_path,
                    fs::perms::owner_read | fs::perms::owner_write);
    delete_from_index(Index(large.index_path), {3});
    CHECK(fs::status(large.index_path + ".changes").permissions() ==
          (fs::perms::owner_read | fs::perms::owner_write));
  }
}
