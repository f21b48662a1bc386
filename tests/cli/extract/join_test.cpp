// extract --join, and tools that refuse shards that are not all there, files
// whose rows are not those of the sidecar, and to replace what was indexed
// (fault 3).
#include "cli/extract/files.h"

#include "io/file.h"
#include "io/sidecar.h"
#include "support/contains.h"

#include <fmt/format.h>

#include <doctest/doctest.h>

#include <filesystem>

using namespace imsearch;
using imsearch::test::contains;
using namespace imsearch::test;
using Lines = std::vector<std::string>;

namespace {

Lines operator+(Lines a, const Lines& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

/// Seven images, the second of which is none, and the shards of them.
class Shards {
 public:
  static constexpr int kCount = 3;

  Shards() {
    for (int i = 0; i < 7; ++i)
      dir.write(fmt::format("images/{}.ppm", i), i == 1 ? "x" : pattern_ppm(i));
    for (int i = 1; i <= kCount; ++i) extract_shard(i);
  }
  void extract_shard(int i) const {
    REQUIRE(
        extract_in(dir, {"images", "--shard", fmt::format("{}/{}", i, kCount)})
            .status == 0);
  }
  static std::string file(int i) {
    return fmt::format("fvecs.bin.{}-of-{}", i, kCount);
  }
  RunResult run_in(const Lines& args) const { return run(args, demo_in(dir)); }

  /// What each tool says to these shards, which it must refuse.
  void check_refused(const std::vector<int>& shards,
                     const std::string& error) const {
    Lines files;
    for (const int i : shards) files.push_back(file(i));
    const Lines before = files_in(dir.path());
    for (const Lines& command :
         {Lines{"extract", "--join"}, Lines{"build-index"}}) {
      const RunResult result = run_in(command + files);
      CAPTURE(result.err);
      CHECK(result.status == 1);
      CHECK(contains(result.err, error));
      CHECK(files_in(dir.path()) == before);
    }
  }

  const TempDir dir;
};

}  // namespace

TEST_SUITE("cli") {
  TEST_CASE("fault 3: --join makes of all shards what one whole run makes") {
    const Shards shards;
    REQUIRE(extract_in(shards.dir, {"images", "-o", "whole", "-n", "whole.txt"})
                .status == 0);
    const Lines all = {Shards::file(1), Shards::file(2), Shards::file(3)};
    const RunResult joined = shards.run_in(Lines{"extract", "--join"} + all);
    CHECK(joined.status == 0);
    CHECK(joined.err == "extract: fvecs.bin: 6 rows of 3 files\n");
    const auto content = [&](const char* name) {
      return read_file(shards.dir / name);
    };
    CHECK(content("fvecs.bin") == content("whole"));
    CHECK(content("fvecs.bin.json") == content("whole.json"));
    CHECK(content("fnames.txt") == content("whole.txt"));
    CHECK(content("fnames.txt.bad.tsv") == content("whole.txt.bad.tsv"));

    // Whole files join, too; their rows are then of no one list.
    std::filesystem::create_directory(shards.dir / "both");
    const RunResult twice =
        shards.run_in({"extract", "--join", "-q", "-o", "both/fvecs.bin", "-n",
                       "both/fnames.txt", "fvecs.bin", Shards::file(1),
                       Shards::file(2), Shards::file(3)});
    CHECK(twice.status == 0);
    CHECK(twice.err.empty());
    const Sidecar both = *read_sidecar(shards.dir / "both/fvecs.bin");
    CHECK(both.rows == std::size_t{12});
    CHECK_FALSE(both.list);
    CHECK_FALSE(both.shard);
    CHECK(content("both/fvecs.bin") == content("whole") + content("whole"));
  }

  TEST_CASE("fault 3: a set of shards that is not whole is refused") {
    const Shards shards;
    shards.check_refused(
        {1, 3},
        "fvecs.bin.1-of-3: shard 1 of 3, but shard 2 is missing: "
        "give all of them, in order");
    shards.check_refused({2}, "shard 2 of 3, but shards 1 and 3 are missing");
    CHECK(contains(shards.run_in({"extract", "--join", "fvecs.bin.*-of-9"}).err,
                   "fvecs.bin.*-of-9: no such file: --join takes the names of "
                   "files, so a pattern is left to the shell, without quotes"));
    shards.check_refused({1, 3, 2}, "give shards 1 to 3 in order, each once");
    shards.check_refused({1, 2, 3, 3}, "give shards 1 to 3 in order");

    const RunResult pushed =
        shards.run_in({"push", "http://localhost:1/x", Shards::file(1)});
    CHECK(pushed.status == 1);
    CHECK(contains(pushed.err, "shard 1 of 3, but shards 2 to 3 are missing"));
    CHECK(contains(pushed.err, "extract --join one file of all"));

    // All of them make an index.
    CHECK(shards
              .run_in({"build-index", "-q", Shards::file(1), Shards::file(2),
                       Shards::file(3)})
              .status == 0);

    // A photo that is added between two of them shifts all blocks.
    shards.dir.write("images/0new.ppm", pattern_ppm(20));
    shards.extract_shard(3);
    shards.check_refused({1, 2, 3},
                         "fvecs.bin.3-of-3: shard 3 of a list of 8 images, but "
                         "fvecs.bin.1-of-3 is shard 1 of another list, of 7");
  }

  TEST_CASE("fault 3: --join checks before it writes") {
    const Shards shards;
    const Lines join = {"extract", "--join", "--force"};
    const Lines all = {Shards::file(1), Shards::file(2), Shards::file(3)};
    shards.dir.write("fvecs.bin", "precious");
    const auto check = [&](const RunResult& result, const char* error) {
      CAPTURE(result.err);
      CHECK(result.status == 1);
      CHECK(contains(result.err, error));
      CHECK(read_file(shards.dir / "fvecs.bin") == "precious");
    };
    // As a shell passes a pattern on that matches nothing.
    check(shards.run_in(join + Lines{"fvecs.bin.*-of-8"}),
          "fvecs.bin.*-of-8: no such file");
    const std::string rows = read_file(shards.dir / Shards::file(2));
    shards.dir.write(Shards::file(2), rows.substr(5120));
    check(shards.run_in(join + all), "fvecs.bin.2-of-3.json says 2: rows are");
    shards.dir.write(Shards::file(2), rows + rows);
    check(shards.run_in(join + all),
          "4 rows, but fvecs.bin.2-of-3.json says 2");
    shards.dir.write(Shards::file(2), rows);
    const std::string names = read_file(shards.dir / "fnames.txt.2-of-3");
    shards.dir.write("fnames.txt.2-of-3", names + names);
    check(shards.run_in(join + all), "fnames.txt.2-of-3: 4 names for the 2");
    shards.dir.write("fnames.txt.2-of-3", names);
    const std::string sidecar = Shards::file(2) + ".json";
    const std::string said = read_file(shards.dir / sidecar);
    std::filesystem::remove(shards.dir / sidecar);
    check(shards.run_in(join + all),
          "shard 1 of 3, but shard 2 is missing: give");
    check(shards.run_in(join + Lines{Shards::file(2)}),
          "fvecs.bin.2-of-3.json does not say how many rows");
    shards.dir.write(sidecar, said);

    CHECK(shards.run_in(join).status == 2);
    CHECK(shards.run_in(join + all + Lines{"-o", "-"}).status == 2);
    CHECK(shards.run_in(join + all + Lines{"--weights", "demo"}).status == 2);
    CHECK(shards.run_in(join + all + Lines{"-o", Shards::file(1)}).status == 2);
    CHECK(shards.run_in(join + all).status == 0);
    CHECK(read_sidecar(shards.dir / "fvecs.bin")->rows == std::size_t{6});
  }

  TEST_CASE("fault 3: every tool refuses rows that the sidecar does not know") {
    const TempDir dir;
    for (int i = 0; i < 4; ++i)
      dir.write(fmt::format("images/{}.ppm", i), pattern_ppm(i));
    REQUIRE(extract_in(dir, {"images"}).status == 0);
    REQUIRE(run({"build-index", "-q"}, demo_in(dir)).status == 0);
    const std::string rows = read_file(dir / "fvecs.bin");
    const std::string names = read_file(dir / "fnames.txt");
    const std::vector<Lines> commands = {
        {"build-index", "-o", "other"},        {"build-index", "--append"},
        {"push", "http://localhost:1/x"},      {"query", "--vectors", "q.bin"},
        {"eval-recall", "--vectors", "q.bin"}, {"bench", "--vectors", "q.bin"}};
    dir.write("q.bin.json", read_file(dir / "fvecs.bin.json"));
    const auto check = [&](const std::string& vectors, const std::string& those,
                           const char* count, const char* said) {
      for (const Lines& command : commands) {
        const bool of_queries = command.back() == "q.bin";
        dir.write("q.bin", of_queries ? vectors : rows);
        dir.write("fvecs.bin", of_queries ? rows : vectors);
        dir.write("fnames.txt", of_queries ? names : those);
        const RunResult result = run(command, demo_in(dir));
        CAPTURE(command.front());
        CAPTURE(result.err);
        CHECK(result.status == 1);
        CHECK(contains(result.err, count));
        CHECK(contains(result.err, said));
      }
    };
    // What the README taught, before there was extract --append.
    check(rows + rows, names + names, ".bin: 8 rows, but ",
          ".bin.json says 4: rows are added by extract --append");
    check(rows.substr(5120), names.substr(names.find('\n') + 1),
          ".bin: 3 rows, but ", ".bin.json says 4: rows are lost, or the ");
  }

  TEST_CASE(
      "fault 3: what an index was built from is not replaced by mistake") {
    const TempDir dir;
    for (int i = 0; i < 4; ++i)
      dir.write(fmt::format("images/{}.ppm", i), pattern_ppm(i));
    REQUIRE(extract_in(dir, {"images"}).status == 0);
    REQUIRE(extract_in(dir, {"images/1.ppm"}).status == 0);  // no index yet
    REQUIRE(extract_in(dir, {"images"}).status == 0);
    REQUIRE(run({"build-index", "-q"}, demo_in(dir)).status == 0);
    const std::string rows = read_file(dir / "fvecs.bin");
    const RunResult refused = extract_in(dir, {"images/1.ppm"});
    CHECK(refused.status == 1);
    CHECK(contains(refused.err,
                   "fvecs.bin: fvecs.bin.hnsw.index was built from its 4 rows, "
                   "and these are other images: --append adds those that are "
                   "not there yet, -o and -n name other files, --force "
                   "replaces them"));
    CHECK(read_file(dir / "fvecs.bin") == rows);
    CHECK(extract_in(dir, {"images"}).status == 0);
    CHECK(extract_in(dir, {"images/1.ppm", "-o", "v", "-n", "n"}).status == 0);
    CHECK(extract_in(dir, {"images/1.ppm", "--append"}).status == 0);
    CHECK(read_file(dir / "fvecs.bin") == rows);
    // By a link as well: what it leads to would be replaced.
    std::filesystem::create_symlink("fvecs.bin", dir / "link.bin");
    CHECK(extract_in(dir, {"images/1.ppm", "-o", "link.bin", "-n", "link.txt"})
              .status == 1);
    CHECK(extract_in(dir, {"images/1.ppm", "--force"}).status == 0);
    CHECK(read_sidecar(dir / "fvecs.bin")->rows == std::size_t{1});
    // Where nothing says which images it has, they may be others.
    dir.write("fvecs.bin.json", "{\"dim\": 1280}");
    CHECK(extract_in(dir, {"images/1.ppm"}).status == 1);
    dir.write("fvecs.bin.json", "junk");
    CHECK(extract_in(dir, {"images/1.ppm"}).status == 1);
  }
}
