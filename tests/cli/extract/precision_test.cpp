// --precision int8: rows near those of float32, recorded beside them, never
// mixed with them, and followed by what compares with them.
#include "cli/extract/files.h"

#include "io/file.h"
#include "io/sidecar.h"
#include "support/contains.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cmath>
#include <cstring>

using namespace imsearch;
using namespace imsearch::test;

using Lines = std::vector<std::string>;

namespace {

RunResult run_in(const TempDir& dir, const Lines& arguments) {
  return run(arguments, demo_in(dir));
}

/// Pictures p0.ppm to p3.ppm, and their rows in `float` and `int8`.
void make_both(const TempDir& dir) {
  for (int i = 0; i < 4; ++i)
    dir.write(fmt::format("p{}.ppm", i), pattern_ppm(i));
  for (const std::string precision : {"float32", "int8"}) {
    const RunResult result =
        extract_in(dir, {"-q", "--precision", precision, "-o", precision, "-n",
                         precision + ".txt", "p*.ppm"});
    INFO(result.err);
    REQUIRE(result.status == 0);
  }
}

double cosine(const std::string& a, const std::string& b) {
  std::vector<float> left(a.size() / sizeof(float));
  std::vector<float> right(left.size());
  std::memcpy(left.data(), a.data(), a.size());
  std::memcpy(right.data(), b.data(), a.size());
  double product = 0;
  double left_square = 0;
  double right_square = 0;
  for (std::size_t i = 0; i < left.size(); ++i) {
    product += double{left[i]} * double{right[i]};
    left_square += double{left[i]} * double{left[i]};
    right_square += double{right[i]} * double{right[i]};
  }
  return product / std::sqrt(left_square * right_square);
}

/// Fails, and says both: with an int8 model and with a float32 one.
void check_refused(const RunResult& result, const std::string& what) {
  INFO(result.err);
  CHECK(result.status == 1);
  CHECK(contains(result.err, "made by mobilenet_v2"));
  CHECK(contains(result.err, ", in int8"));
  CHECK(contains(result.err, ", in float32"));
  CHECK(contains(result.err, what));
}

}  // namespace

TEST_SUITE("cli") {
  TEST_CASE("--precision int8 gives rows that are nearly the same") {
    const TempDir dir;
    make_both(dir);
    const Lines exact = rows_of(dir / "float32");
    const Lines near = rows_of(dir / "int8");
    REQUIRE(near.size() == 4);
    for (std::size_t i = 0; i < 4; ++i) {
      CHECK(near[i] != exact[i]);
      CHECK(cosine(near[i], exact[i]) > 0.99);
    }
    CHECK(read_sidecar(dir / "int8")->model.precision == "int8");
    CHECK(read_sidecar(dir / "float32")->model.precision.empty());
    CHECK_FALSE(contains(read_file(dir / "float32.json"), "precision"));
  }

  TEST_CASE("an int8 row depends on its picture alone") {
    const TempDir dir;
    make_both(dir);
    const Lines rows = rows_of(dir / "int8");
    const RunResult result = extract_in(
        dir, {"-q", "--precision", "int8", "-j", "3", "-o", "again", "-n",
              "again.txt", "p3.ppm", "p0.ppm", "p2.ppm", "p1.ppm"});
    REQUIRE(result.status == 0);
    CHECK(rows_of(dir / "again") == Lines{rows[3], rows[0], rows[2], rows[1]});
    for (const std::string table :
         {"scalar", "avx2", "avx-vnni", "avx512", "neon", "neon-dotprod"}) {
      CAPTURE(table);
      RunOptions options = demo_in(dir);
      options.environment.push_back("IMSEARCH_SIMD=" + table);
      const RunResult one = extract_in(
          options,
          {"--precision", "int8", "-o", table, "-n", table + ".txt", "p1.ppm"});
      // Not every CPU has each.
      if (contains(one.err, "this CPU has")) continue;
      REQUIRE(one.status == 0);
      CHECK(rows_of(dir / table) == Lines{rows[1]});
      const bool slow = table == "scalar" || table == "avx2" || table == "neon";
      CHECK(contains(one.err, "int8 is slower than float32 on this CPU") ==
            slow);
    }
  }

  TEST_CASE("rows of two precisions are not mixed") {
    const TempDir dir;
    make_both(dir);
    check_refused(run_in(dir, {"build-index", "int8", "float32", "-n",
                               "int8.txt", "-n", "float32.txt", "-o", "index"}),
                  "one index holds");
    check_refused(
        extract_in(dir, {"--append", "-o", "int8", "-n", "int8.txt", "p0.ppm"}),
        "int8.json");
    check_refused(extract_in(dir, {"--join", "-o", "both", "-n", "both.txt",
                                   "int8", "float32"}),
                  "float32");
    REQUIRE(
        run_in(dir, {"build-index", "-q", "int8", "-n", "int8.txt"}).status ==
        0);
    check_refused(
        run_in(dir, {"query", "-i", "int8.hnsw.index", "--vectors", "float32"}),
        "cannot be compared");
    check_refused(run_in(dir, {"build-index", "--append", "float32", "-n",
                               "float32.txt", "-o", "int8.hnsw.index"}),
                  "one index holds");
  }

  TEST_CASE("query and eval-recall take an index's precision") {
    const TempDir dir;
    make_both(dir);
    for (const std::string precision : {"float32", "int8"}) {
      REQUIRE(run_in(dir,
                     {"build-index", "-q", precision, "-n", precision + ".txt"})
                  .status == 0);
      const RunResult query =
          run_in(dir, {"query", "--self", "-i", precision + ".hnsw.index", "-k",
                       "1", "p1.ppm", "p3.ppm"});
      INFO(query.err);
      CHECK(query.status == 0);
      CHECK(query.out ==
            "p1.ppm\t1\t1.000000\tp1.ppm\np3.ppm\t1\t1.000000\tp3.ppm\n");
    }
  }

  TEST_CASE("what else is not float32 is refused") {
    const TempDir dir;
    make_both(dir);
    CHECK(extract_in(dir, {"--precision", "int4", "p0.ppm"}).status == 2);
    for (const Lines& other :
         {Lines{"--engine", "torch"}, Lines{"--device", "cuda"},
          Lines{"--model", "m.pt"}}) {
      Lines arguments = {"--precision", "int8", "p0.ppm"};
      arguments.insert(arguments.end(), other.begin(), other.end());
      const RunResult result = extract_in(dir, arguments);
      CHECK(result.status == 2);
      CHECK(contains(result.err, "--precision int8 is for the built-in"));
    }
    if (has_libtorch()) {
      const RunResult torch =
          run_in(dir, {"extract-torch", "--precision", "int8", "-o", "t", "-n",
                       "t.txt", "p0.ppm"});
      CHECK(torch.status == 1);
      CHECK(contains(torch.err,
                     "--precision int8: extract-torch computes in float32"));
    }
    std::string sidecar = read_file(dir / "int8.json");
    sidecar.replace(sidecar.find("\"int8\""), 6, "\"int4\"");
    dir.write("int8.json", sidecar);
    const RunResult result =
        run_in(dir, {"build-index", "int8", "-n", "int8.txt"});
    CHECK(result.status == 1);
    CHECK(contains(result.err, "precision int4 is not known here"));
  }
}
