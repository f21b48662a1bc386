#include "base/error.h"
#include "index/estimate.h"
#include "index/hnsw_graph.h"
#include "index/reduction_fit.h"
#include "index/sample.h"
#include "io/file.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <limits>

using namespace imsearch;
using namespace imsearch::test;
namespace fs = std::filesystem;

namespace {

const ModelIdentity kModel = {"mobilenet_v2",       "keras", "w.h5",
                              std::string(64, 'a'), 224,     "squash"};

std::size_t files_in(const TempDir& folder) {
  return static_cast<std::size_t>(
      std::distance(fs::directory_iterator(folder.path()), {}));
}

}  // namespace

TEST_SUITE("index") {
  TEST_CASE("an index says what it was built from") {
    const TempDir folder;
    const std::string a =
        folder.write("a.bin", raw_bytes(random_rows(30, 8, 1)));
    const std::string b =
        folder.write("sub/b.bin", raw_bytes(random_rows(20, 8, 2)));
    const VectorSet set({a, b}, 8);
    const std::string path = folder / "both.index";
    fit_and_build(set, numbered_names(50), kModel, {5, 40, 7}, 2, path, {});
    const Index index(path);
    CHECK(index.path() == path);
    CHECK(index.rows() == 50);
    CHECK(index.dim() == 8);
    CHECK(index.info().params.M == 5);
    CHECK(index.info().params.ef_construction == 40);
    CHECK(index.info().params.seed == 7);
    CHECK(index.info().model.weights_sha256 == kModel.weights_sha256);
    CHECK(index.info().model.input_size == 224);
    CHECK_FALSE(index.info().tool_version.empty());
    REQUIRE(index.info().sources.size() == 2);
    CHECK(index.info().sources[0].path == "a.bin");
    CHECK(index.info().sources[1].path == "sub/b.bin");
    CHECK(index.info().sources[1].rows == 20);
    CHECK(index.info().sources[1].fingerprint ==
          fingerprint(set.files()[1], 20));
    CHECK_NOTHROW(index.verify());
    REQUIRE(index.vectors() != nullptr);
    std::vector<float> ours(8);
    std::vector<float> theirs(8);
    index.read_unit(49, ours.data());
    set.read_unit(49, theirs.data());
    CHECK(ours == theirs);
  }

  TEST_CASE("names come back as bytes, and the first row of a name is found") {
    const TempDir folder;
    const VectorSet set(
        {folder.write("a.bin", raw_bytes(random_rows(5, 8, 1)))}, 8);
    Names names;
    constexpr char kOdd[] = "tab\t new\nline \xff and \0 nul";
    const std::string odd(kOdd, sizeof kOdd - 1);
    for (const auto& name : {std::string("x"), std::string(), odd,
                             std::string("x"), std::string("last")})
      names.append(name);
    fit_and_build(set, names, {}, {}, 1, folder / "i", {});
    const Index index(folder / "i");
    CHECK(index.name(0) == "x");
    CHECK(index.name(1) == "");
    CHECK(index.name(2) == odd);
    CHECK(index.name(4) == "last");
    CHECK_THROWS_AS(index.name(5), Error);
    CHECK(index.find("x") == std::uint32_t{0});
    CHECK(index.find("") == std::uint32_t{1});
    CHECK(index.find(odd) == std::uint32_t{2});
    CHECK(index.find("last") == std::uint32_t{4});
    CHECK_FALSE(index.find("xlast"));
  }

  TEST_CASE("one thread builds the same file every time") {
    const Matrix rows = random_rows(600, 16, 1);
    const Sample first(rows, {4, 20, 100});
    const Sample second(rows, {4, 20, 100});
    CHECK(read_file(first.index_path) == read_file(second.index_path));
    const Sample other_seed(rows, {4, 20, 101});
    CHECK(read_file(first.index_path) != read_file(other_seed.index_path));
  }

  TEST_CASE("many threads build a whole graph, with the smallest M too") {
    for (const std::size_t M : {2U, 3U, 16U})
      for (int run = 0; run < 3; ++run) {
        CAPTURE(M);
        const Sample sample(random_rows(1200, 8, 1), {M, 32, 100}, 4);
        CHECK(complaint_about(sample.index_path) == "");
      }
  }

  TEST_CASE("levels follow M and depend on the seed") {
    std::size_t upper = 0;
    std::size_t same = 0;
    for (std::uint32_t row = 0; row < 48000; ++row) {
      upper += hnsw_level(100, row, 48) > 0 ? 1 : 0;
      same += hnsw_level(100, row, 2) == hnsw_level(101, row, 2) ? 1 : 0;
    }
    CHECK(upper > 900);  // 1000 expected
    CHECK(upper < 1100);
    CHECK(same < 24000);  // a third expected
  }

  TEST_CASE("progress rises to the number of rows") {
    const TempDir folder;
    const VectorSet set(
        {folder.write("a.bin", raw_bytes(random_rows(300, 8, 1)))}, 8);
    std::vector<std::size_t> seen;
    fit_and_build(set, numbered_names(300), {}, {}, 3, folder / "i",
                  [&](std::size_t done) { seen.push_back(done); });
    REQUIRE_FALSE(seen.empty());
    CHECK(seen.back() == 300);
    CHECK(std::is_sorted(seen.begin(), seen.end()));
  }

  TEST_CASE("what cannot be built leaves nothing behind") {
    const TempDir folder;
    Matrix rows = random_rows(50, 8, 1);
    rows.row(31)[0] = std::numeric_limits<float>::quiet_NaN();
    const std::string path = folder.write("a.bin", raw_bytes(rows));
    const VectorSet set({path}, 8);
    const std::string target = folder / "i";
    const auto build = [&](std::size_t names, HnswParams params) {
      build_index(set, numbered_names(names), {}, params, {}, 2, target, {});
    };
    CHECK_THROWS_WITH_AS(build(50, {}),
                         (path + ": row 31: NaN or infinity").c_str(), Error);
    CHECK_THROWS_WITH_AS(build(49, {}),
                         (path + ": 50 rows, but 49 names").c_str(), Error);
    CHECK_THROWS_AS(build(50, {1, 128, 100}), Error);
    CHECK_THROWS_AS(build(50, {10001, 128, 100}), Error);
    CHECK_THROWS_AS(build(50, {16, 0, 100}), Error);
    CHECK(files_in(folder) == 1);
  }

  TEST_CASE("a full disk is an error, and an older index stays") {
    const Matrix rows = random_rows(50, 8, 1);
    const Sample sample(rows);
    CHECK_THROWS_AS(fit_and_build(sample.vectors, numbered_names(50), {}, {}, 1,
                                  "/dev/full", {}),
                    Error);
    const std::string before = read_file(sample.index_path);
    CHECK_THROWS_AS(fit_and_build(sample.vectors, numbered_names(7), {}, {}, 1,
                                  sample.index_path, {}),
                    Error);
    CHECK(read_file(sample.index_path) == before);
  }

  TEST_CASE("a moved folder still finds its vectors") {
    const Sample sample(random_rows(30, 8, 1));
    const TempDir elsewhere;
    fs::rename(sample.folder.path(), elsewhere / "moved");
    const Index index(elsewhere / "moved/fvecs.bin.hnsw.index");
    CHECK(index.why_no_vectors() == "");
    CHECK(index.vectors() != nullptr);
  }

  TEST_CASE("vectors in another folder are found from any working folder") {
    const TempDir folder;
    const VectorSet set(
        {folder.write("data/a.bin", raw_bytes(random_rows(30, 8, 1)))}, 8);
    fs::create_directory(folder / "out");
    const fs::path before = fs::current_path();
    fs::current_path(folder / "out");
    fit_and_build(set, numbered_names(30), {}, {}, 1, "i", {});
    CHECK(Index("i").vectors() != nullptr);
    fs::current_path(before);
    const Index index(folder / "out/i");
    CHECK(index.info().sources[0].path == "../data/a.bin");
    CHECK(index.vectors() != nullptr);
  }

  TEST_CASE("changed, shortened and missing vectors are noticed") {
    const Matrix rows = random_rows(30, 8, 1);
    const Sample sample(rows);
    const auto why = [&] { return Index(sample.index_path).why_no_vectors(); };
    CHECK(why() == "");
    Matrix changed = rows;
    changed.row(29)[7] += 1;
    sample.folder.write("fvecs.bin", raw_bytes(changed));
    CHECK(why() == sample.vectors_path + ": changed since the index was built");
    sample.folder.write("fvecs.bin", raw_bytes(random_rows(29, 8, 1)));
    CHECK(why() == sample.vectors_path +
                       ": changed since the index was built: 29 rows instead "
                       "of 30");
    fs::remove(sample.vectors_path);
    CHECK(why().find(sample.vectors_path) == 0);
    sample.folder.write("fvecs.bin", raw_bytes(rows));
    CHECK(why() == "");
  }

  TEST_CASE("a path that is no UTF-8 is kept") {
    const TempDir folder;
    const VectorSet set(
        {folder.write("a\xff.bin", raw_bytes(random_rows(30, 8, 1)))}, 8);
    fit_and_build(set, numbered_names(30), {}, {}, 1, folder / "i", {});
    const Index index(folder / "i");
    CHECK(index.info().sources[0].path == "a\xff.bin");
    CHECK(index.vectors() != nullptr);
  }

  TEST_CASE("estimates are near what a build needs") {
    const Matrix rows = random_rows(3000, 64, 1);
    const Sample sample(rows);
    const Reduction reduction = fit_reduction(sample.vectors, 1);
    const BuildNeeds needs = estimate_build(
        sample.vectors, numbered_names(3000), {}, reduction.view(), 1);
    const auto real = static_cast<double>(fs::file_size(sample.index_path));
    CHECK(static_cast<double>(needs.disk_bytes) > 0.9 * real);
    CHECK(static_cast<double>(needs.disk_bytes) < 1.1 * real);
    CHECK(needs.memory_bytes > needs.disk_bytes);
    CHECK(needs.memory_bytes < 4 * needs.disk_bytes);
    CHECK(needs.seconds > 0);
    // Few rows have no components, which would be most of a small file.
    const Sample small(random_rows(64, 1280, 1));
    const BuildNeeds few =
        estimate_build(small.vectors, numbered_names(64), {},
                       fit_reduction(small.vectors, 1).view(), 1);
    const auto small_real =
        static_cast<double>(fs::file_size(small.index_path));
    CHECK(static_cast<double>(few.disk_bytes) < 1.1 * small_real);
    const VectorSet none({sample.folder.write("none.bin", "")}, 64);
    CHECK(estimate_build(none, {}, {}, fit_reduction(none, 0).view(), 0)
              .seconds == 0);
  }
}
