// What a build says beforehand that it needs, and what it then takes.
#include "index/estimate.h"
#include "index/reduction_fit.h"
#include "index/sample.h"

#include <doctest/doctest.h>

#include <malloc.h>

#include <algorithm>
#include <functional>
#include <optional>

using namespace imsearch;
using namespace imsearch::test;

namespace {

constexpr std::size_t kRows = 3000;
constexpr std::size_t kOldRows = 1000;
constexpr std::size_t kDim = 64;
// More than all else that a build keeps of a row.
constexpr std::size_t kNameBytes = 1000;

/// What malloc() has given out; 0 if it does not say, as a sanitizer's.
std::uint64_t heap_bytes() {
  const struct mallinfo2 info = ::mallinfo2();
  return info.uordblks + info.hblkhd;
}

/// Of the heap, since it was made, whenever progress is told: after the last
/// row, too, when codes and graph are whole.
class PeakMeter {
 public:
  OnProgress callback() {
    return [this](std::size_t) { peak_ = std::max(peak_, heap_bytes()); };
  }
  std::uint64_t bytes() const { return peak_ - before_; }

 private:
  std::uint64_t before_ = heap_bytes();
  std::uint64_t peak_ = before_;
};

Names long_names(std::size_t rows) {
  std::string lines;
  for (std::size_t row = 0; row < rows; ++row)
    lines += std::to_string(row) + std::string(kNameBytes, 'x') + "\n";
  return split_names(lines, Separator::kNewline);
}

void check_near(const BuildNeeds& needs, const PeakMeter& peak,
                const Names& names) {
  const std::uint64_t real = peak.bytes() + names.memory_bytes();
  CHECK(needs.memory_bytes >= real);
  CHECK(static_cast<double>(needs.memory_bytes) <
        1.2 * static_cast<double>(real));
}

/// Vectors, of which an index has the first.
struct Grown {
  Grown()
      : all({folder.write("v.bin", raw_bytes(random_rows(kRows, kDim, 1)))},
            kDim),
        index_path(folder / "index") {
    VectorFile first(folder / "v.bin", kDim);
    first.keep_rows(kOldRows);
    std::vector<VectorFile> files;
    files.push_back(std::move(first));
    fit_and_build(VectorSet(std::move(files)), long_names(kOldRows), {}, {}, 1,
                  index_path, {});
  }

  TempDir folder;
  VectorSet all;
  std::string index_path;
};

}  // namespace

TEST_SUITE("index") {
  TEST_CASE(
      "names take the memory that they say, and little more than a file") {
    const Names names = long_names(kRows);
    const std::uint64_t bytes = kRows * (kNameBytes + 4);
    CHECK(names.memory_bytes() > kRows * (kNameBytes + 8));
    CHECK(names.memory_bytes() < 1.05 * static_cast<double>(bytes));
  }

  TEST_CASE("fault 21: a build takes the memory that it says") {
    if (heap_bytes() == 0) return;
    const Grown grown;
    const Names names = long_names(kRows);
    const Reduction reduction = fit_reduction(grown.all, 1);
    PeakMeter peak;
    const BuildNeeds needs =
        estimate_build(grown.all, names, {}, reduction.view(), 1);
    build_index(grown.all, names, {}, {}, reduction, 1, grown.folder / "new",
                peak.callback());
    check_near(needs, peak, names);
  }

  TEST_CASE(
      "beyond memory: a build takes at most 750 bytes a row and what it "
      "says") {
    if (heap_bytes() == 0) return;
    const TempDir folder;
    std::uint64_t taken[2] = {};
    std::uint64_t said = 0;
    for (const std::size_t which : {0U, 1U}) {
      const std::size_t rows = which == 0 ? 2000 : 6000;
      const VectorSet vectors(
          {folder.write("v.bin", raw_bytes(rows_with(rows, 1280, 110)))}, 1280);
      const Names names = numbered_names(rows);
      const Reduction reduction = fit_reduction(vectors, 1);
      REQUIRE(reduction.width == 128);
      PeakMeter peak;
      const BuildNeeds needs =
          estimate_build(vectors, names, {}, reduction.view(), 1);
      build_index(vectors, names, {}, {}, reduction, 1, folder / "new",
                  peak.callback());
      taken[which] = peak.bytes() + names.memory_bytes();
      said = needs.row_bytes;
      CHECK(needs.row_bytes <= 750);
      CHECK(needs.memory_bytes >= taken[which]);
    }
    // What a build takes whatever the rows falls out of the difference.
    const std::uint64_t row = (taken[1] - taken[0]) / 4000;
    CHECK(row <= 750);
    CHECK(row <= said);
    CHECK(static_cast<double>(said) < 1.1 * static_cast<double>(row));
  }

  TEST_CASE("a pipe and hnswlib's format need codes in memory") {
    const TempDir folder;
    const VectorSet some(
        {folder.write("v.bin", raw_bytes(rows_with(3000, 1280, 60)))}, 1280);
    const Names names = numbered_names(3000);
    const Reduction reduction = fit_reduction(some, 1);
    const std::size_t width = reduction.width;
    const auto row_bytes = [&](IndexFormat format, bool regular) {
      return estimate_build(some, names, {}, reduction.view(), 1, format,
                            regular)
          .row_bytes;
    };
    const std::uint64_t least = row_bytes(IndexFormat::kImsearch, true);
    CHECK(row_bytes(IndexFormat::kImsearch, false) ==
          least + 1280 + width + 12);
    CHECK(row_bytes(IndexFormat::kHnswlib, true) == least + width);
  }

  TEST_CASE("fault 21: appending takes the memory that it says") {
    if (heap_bytes() == 0) return;
    for (const bool refits : {false, true}) {
      CAPTURE(refits);
      const Grown grown;
      const Names names = long_names(kRows);
      const Index index(grown.index_path);
      std::optional<Reduction> refitted;
      if (refits) refitted = fit_reduction(grown.all, 1);
      PeakMeter peak;
      const BuildNeeds needs =
          estimate_append(index, grown.all, names, refitted, 1);
      append_to_index(index, grown.all, names, refitted, 1, grown.index_path,
                      peak.callback());
      check_near(needs, peak, names);
    }
  }
}
