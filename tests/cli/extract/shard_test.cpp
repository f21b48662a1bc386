// extract --shard: blocks of the images that together are the whole run.
#include "cli/extract/files.h"

#include "io/file.h"
#include "io/sidecar.h"
#include "support/contains.h"

#include <fmt/format.h>

#include <doctest/doctest.h>

using namespace imsearch;
using imsearch::test::contains;
using namespace imsearch::test;
using Lines = std::vector<std::string>;

namespace {

/// Seven images, of which the second and the last are none.
void write_seven(const TempDir& dir) {
  for (int i = 0; i < 7; ++i)
    dir.write(fmt::format("images/{}.ppm", i),
              i == 1 || i == 6 ? "x" : pattern_ppm(i));
}

/// Whether those from `begin` to before `end` are one bad image.
bool is_bad_block(int begin, int end) {
  return end - begin == 1 && (begin == 1 || begin == 6);
}

std::string content(const std::string& path) {
  return file_exists(path) ? read_file(path) : "";
}

}  // namespace

TEST_SUITE("cli") {
  TEST_CASE("the files of all shards joined are those of the whole run") {
    const TempDir dir;
    write_seven(dir);
    REQUIRE(extract_in(dir, {"images"}).status == 0);
    for (const int shards : {1, 2, 3, 5, 7, 10}) {
      CAPTURE(shards);
      std::string vectors;
      std::string names;
      std::string bad;
      for (int i = 1; i <= shards; ++i) {
        const std::string of =
            fmt::format(shards < 10 ? ".{}-of-{}" : ".{:02}-of-{}", i, shards);
        const RunResult result = extract_in(
            dir, {"images", "--shard", fmt::format("{}/{}", i, shards)});
        CAPTURE(i);
        const bool all_bad = is_bad_block((i - 1) * 7 / shards, i * 7 / shards);
        CHECK(result.status == (all_bad ? 1 : 0));
        CHECK(contains(result.err, "be read: the files of shard") == all_bad);
        vectors += read_file(dir / ("fvecs.bin" + of));
        names += read_file(dir / ("fnames.txt" + of));
        bad += content(dir / ("fnames.txt" + of + ".bad.tsv"));
        const Sidecar whole = *read_sidecar(dir / "fvecs.bin");
        const Sidecar sidecar = *read_sidecar(dir / ("fvecs.bin" + of));
        CHECK(*sidecar.list == *whole.list);
        CHECK(*sidecar.rows == rows_of(dir / ("fvecs.bin" + of)).size());
        CHECK(sidecar.shard.has_value() == (shards > 1));
        if (sidecar.shard) CHECK(sidecar.shard->index == std::size_t(i));
      }
      CHECK(vectors == read_file(dir / "fvecs.bin"));
      CHECK(names == read_file(dir / "fnames.txt"));
      CHECK(bad == read_file(dir / "fnames.txt.bad.tsv"));
    }
  }

  TEST_CASE("a shard without images has empty files and is not a failure") {
    const TempDir dir;
    dir.write("a.ppm", pattern_ppm(1));
    const RunResult result =
        extract_in(dir, {"a.ppm", "--shard", "1/2", "--json"});
    CHECK(result.status == 0);
    CHECK(contains(result.out, "{\"images\":0,\"bad\":0,"));
    CHECK(read_file(dir / "fvecs.bin.1-of-2").empty());
    CHECK(read_file(dir / "fnames.txt.1-of-2").empty());
    CHECK(files_in(dir.path()) ==
          Lines{"a.ppm", "fnames.txt.1-of-2", "fvecs.bin.1-of-2",
                "fvecs.bin.1-of-2.json", "fvecs.bin.1-of-2.ledger.tsv"});
  }

  TEST_CASE("names that are given are taken as they are") {
    const TempDir dir;
    dir.write("a.ppm", pattern_ppm(1));
    REQUIRE(extract_in(dir, {"a.ppm", "--shard", "1/1", "-o", "v"}).status ==
            0);
    CHECK(files_in(dir.path()) ==
          Lines{"a.ppm", "fnames.txt.1-of-1", "v", "v.json", "v.ledger.tsv"});
    const RunResult piped =
        extract_in(dir, {"a.ppm", "--shard", "1/1", "-o", "-", "-n", "n"});
    CHECK(piped.status == 0);
    CHECK(piped.out == read_file(dir / "v"));
  }

  TEST_CASE("what is not a shard is a usage error") {
    const TempDir dir;
    dir.write("a.ppm", pattern_ppm(1));
    for (const char* shard : {"0/3", "4/3", "1", "1/", "/3", "a/3", "1/3/5",
                              "1/0", "1/1000001", " 1/3", "1.0/3"}) {
      CAPTURE(shard);
      const RunResult result = extract_in(dir, {"a.ppm", "--shard", shard});
      CHECK(result.status == 2);
      CHECK(contains(result.err, fmt::format("--shard {}: not I/N", shard)));
    }
    CHECK(extract_in(dir, {"--serve", "--shard", "1/2"}).status == 2);
    CHECK(files_in(dir.path()) == Lines{"a.ppm"});
  }

  TEST_CASE("the blocks are even, whatever the number of shards") {
    const TempDir dir;
    std::string list;
    for (int i = 0; i < 23; ++i) list += fmt::format("gone{}.ppm\n", i);
    dir.write("list", list);
    for (const auto& [shard, images] : std::vector<std::pair<const char*, int>>{
             {"1/4", 5}, {"2/4", 6}, {"3/4", 6}, {"4/4", 6}, {"23/23", 1}}) {
      const RunResult result =
          extract_in(dir, {"--files-from", "list", "--shard", shard});
      CHECK(contains(result.err,
                     images == 1
                         ? "the image could not be read: the files"
                         : fmt::format("none of {} images could", images)));
    }
  }
}
