// extract on archives by Python (archives.py), 7-Zip, GNU cpio and tar
// (tests/golden/archives), against the same images in a folder.
#include "cli/extract/files.h"

#include "io/file.h"
#include "io/ledger.h"
#include "support/contains.h"
#include "support/traced_run.h"

#include <fmt/format.h>

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>

TEST_SUITE_BEGIN("cli");

using namespace imsearch;
using imsearch::test::contains;
using namespace imsearch::test;
using Lines = std::vector<std::string>;
namespace fs = std::filesystem;

namespace {

/// p/0.ppm to p/5.ppm, and the archives.
struct Archives {
  TempDir dir;
  Archives() {
    for (int i = 0; i < 6; ++i)
      dir.write("p/" + std::to_string(i) + ".ppm", pattern_ppm(i));
    RunOptions options;
    options.folder = dir.path();
    const RunResult made =
        run({"/usr/bin/python3", source_path("tests/cli/extract/archives.py")},
            options);
    CAPTURE(made.err);
    REQUIRE(made.status == 0);
    REQUIRE(extract_in(dir, {"-q", "p", "-o", "p.bin", "-n", "p.txt"}).status ==
            0);
  }

  /// Rows of pattern_ppm(0) to (5), from the folder.
  const Lines rows() const { return rows_of(dir / "p.bin"); }
  RunResult extract(Lines arguments, int status = 0) const {
    RunResult result = extract_in(dir, std::move(arguments));
    CAPTURE(result.err);
    CHECK(result.status == status);
    return result;
  }

  Lines names() const { return lines_of(dir / "fnames.txt"); }
  Lines bad() const {
    const std::string path = dir / "fnames.txt.bad.tsv";
    return file_exists(path) ? lines_of(path) : Lines();
  }
  /// The seeds of the rows, in order.
  std::vector<int> seeds() const {
    std::vector<int> seeds;
    const Lines known = rows();
    for (const std::string& row : rows_of(dir / "fvecs.bin")) {
      const auto found = std::find(known.begin(), known.end(), row);
      seeds.push_back(
          found == known.end() ? -1 : static_cast<int>(found - known.begin()));
    }
    return seeds;
  }
};

const Archives& archives() {
  static const Archives made;
  return made;
}

using Seeds = std::vector<int>;
}  // namespace

TEST_CASE("every kind of archive gives the rows of its images, in its order") {
  const Archives& a = archives();
  for (const char* name : {"all.tar", "all.tar.gz", "all.tbz2", "all.tar.xz",
                           "all.zip", "stored.cbz"}) {
    CAPTURE(name);
    a.extract({"-q", name});
    Lines names;
    for (const int i : {3, 0, 5, 1, 4, 2})
      names.push_back(std::string(name) + "/dir/" + std::to_string(i) + ".ppm");
    CHECK(a.names() == names);
    CHECK(a.seeds() == Seeds{3, 0, 5, 1, 4, 2});
  }
}

TEST_CASE("7z, cpio, zstd, the oldest tar, and LZMA in a zip") {
  const Archives& a = archives();
  for (const char* name : {"solid.7z", "newc.cpio", "odc.cpio.gz",
                           "ustar.tar.zst", "v7.tar.bz2", "lzma.zip"}) {
    const std::string path =
        source_path(std::string("tests/golden/archives/") + name);
    CAPTURE(name);
    const RunResult result = a.extract({path});
    CHECK(contains(result.err, path + ": left aside 1 .json"));
    CHECK(a.names() == Lines{path + "/dir/0.ppm", path + "/dir/1.ppm",
                             path + "/dir/sub/2.ppm"});
    CHECK(a.seeds() == Seeds{0, 1, 2});
    const Ledger ledger = read_ledger(a.dir / "fvecs.bin", 3);
    REQUIRE(ledger.rows.size() == 3);
    const FileFacts file = facts_of_file(a.dir / "p/1.ppm");
    CHECK(ledger.rows[1].facts.bytes == file.bytes);
    CHECK(ledger.rows[1].facts.content == file.content);
    // The times of a zip are even.
    const std::int64_t second = 1'000'000'000;
    const std::int64_t modified_ns = ledger.rows[1].facts.modified_ns;
    CHECK(modified_ns >= 1'700'000'001 * second);
    CHECK(modified_ns <= 1'700'000'002 * second);
    REQUIRE(ledger.archives.size() == 1);
    CHECK(ledger.archives[0].name == path);
    CHECK(ledger.archives[0].facts.bytes == fs::file_size(path));
  }
}

TEST_CASE("shards of a data set: rows in file order, texts are left aside") {
  const Archives& a = archives();
  const RunResult result = a.extract({"shard-0.tar", "p/5.ppm", "shard-1.tar"});
  CHECK(contains(result.err, "2 archives: left aside 6 .cls, 6 .json, 6 .txt"));
  CHECK(a.names() == Lines{"shard-0.tar/000000.ppm", "shard-0.tar/000001.ppm",
                           "shard-0.tar/000002.ppm", "p/5.ppm",
                           "shard-1.tar/000003.ppm", "shard-1.tar/000004.ppm",
                           "shard-1.tar/000005.ppm"});
  CHECK(a.seeds() == Seeds{0, 1, 2, 5, 3, 4, 5});
  a.extract({"-q", "shard-*.tar"});
  CHECK(a.seeds() == Seeds{0, 1, 2, 3, 4, 5});
}

TEST_CASE("one thread or four: the same files to the byte") {
  const Archives& a = archives();
  a.extract({"-q", "-j1", "all.zip", "p", "odd.tar", "cut.tar.gz"});
  const std::string vectors = read_file(a.dir / "fvecs.bin");
  const std::string ledger = read_file(a.dir / "fvecs.bin.ledger.tsv");
  a.extract({"-q", "-j4", "all.zip", "p", "odd.tar", "cut.tar.gz"});
  CHECK(read_file(a.dir / "fvecs.bin") == vectors);
  CHECK(read_file(a.dir / "fvecs.bin.ledger.tsv") == ledger);
}

TEST_CASE("odd members: nothing of them is lost or leads anywhere") {
  const Archives& a = archives();
  const Lines before = files_in(a.dir.path());
  const RunResult result = a.extract({"odd.tar", "--exclude", "drafts"});
  CHECK(a.names() == Lines{"odd.tar/etc/absolute.ppm", "odd.tar/twice.ppm",
                           "odd.tar/no ending",
                           "odd.tar/gr\xc3\xbc\xc3\x9f.ppm",
                           "odd.tar/latin-\xe4.ppm", "odd.tar/last.ppm"});
  CHECK(a.seeds() == Seeds{0, 2, 4, 5, 5, 5});
  const Lines bad = a.bad();
  REQUIRE(bad.size() == 4);
  CHECK(bad[0] ==
        "odd.tar/../up.ppm\tits name has \"..\", which leads out of the "
        "archive");
  CHECK(contains(bad[1], "odd.tar/a/../../up.ppm\tits name has \"..\""));
  CHECK(contains(bad[2], "odd.tar/new\\nline.ppm\ta newline in its name"));
  CHECK(contains(bad[3], "odd.tar/bad.ppm\t"));
  CHECK(contains(result.err, "odd.tar: left aside 1 RAW"));
  CHECK(contains(result.err, "odd.tar: left aside 1 archive within"));
  CHECK(contains(result.err,
                 "odd.tar: left aside 1 folder called @eaDir and 1 image whose "
                 "name starts with a dot: --all takes them"));
  CHECK(contains(result.err,
                 "odd.tar: left aside 1 other, 2 links, 2 special files, 1 "
                 "member of a name that came before"));
  // Nothing was unpacked.
  for (const std::string& file : files_in(a.dir.path()))
    CHECK((contains(file, "fvecs.bin") || contains(file, "fnames.txt") ||
           std::find(before.begin(), before.end(), file) != before.end()));
  CHECK(!fs::exists(a.dir / "../up.ppm"));
  a.extract({"-q", "names.zip"});
  CHECK(a.names() == Lines{"names.zip/gr\xc3\xbc\xc3\x9f.ppm",
                           "names.zip/abs.ppm", "names.zip/twice.ppm"});
  CHECK(a.seeds() == Seeds{0, 1, 3});
}

TEST_CASE("members of gigabytes and bombs are refused, the rest is read") {
  const Archives& a = archives();
  for (const char* name : {"huge.tar", "large.tar"}) {
    CAPTURE(name);
    a.extract({"-q", name});
    CHECK(a.seeds() == Seeds{0, 1});
    REQUIRE(a.bad().size() == 1);
    CHECK(
        contains(a.bad()[0], "a file of 8589 MB, at most 512 MB are allowed"));
  }
  // Its header tells of few bytes.
  a.extract({"-q", "lying.zip"});
  CHECK(a.seeds() == Seeds{0, 1});
  REQUIRE(a.bad().size() == 1);
  CHECK(contains(a.bad()[0], "lying.zip/bomb.ppm\t"));
  const RunResult bomb = a.extract({"bomb.tar.gz"});
  CHECK(contains(bomb.err, "bomb.tar.gz: a decompression bomb: "));
  CHECK(contains(bomb.err, "only the 1 image before that is read"));
  CHECK(a.seeds() == Seeds{0});
}

TEST_CASE("of a damaged archive what came before stays, and the rest is said") {
  const Archives& a = archives();
  const std::map<std::string, Seeds> readable = {
      {"cut_in_data.tar", {3}},
      {"cut_in_header.tar", {3}},
      {"bad_sum.zip", {3, 5, 1, 4, 2}},
  };
  for (const auto& entry : readable) {
    const std::string& name = entry.first;
    CAPTURE(name);
    const RunResult result = a.extract({name});
    CHECK(a.seeds() == entry.second);
    CHECK(contains(result.err, "fnames.txt.bad.tsv"));
    a.extract({"-q", "--strict", name}, 1);
  }
  for (const char* name :
       {"cut.tar.gz", "cut.tar.xz", "cut.tar.bz2", "cut.zip"}) {
    CAPTURE(name);
    a.extract({"-q", name});
    const Seeds all = {3, 0, 5, 1};
    const Seeds seeds = a.seeds();
    // Blocks of bzip2 and xz have several images, or are lost.
    CHECK(seeds.size() >= 2);
    REQUIRE(seeds.size() <= 4);
    CHECK(std::equal(seeds.begin(), seeds.end(), all.begin()));
    REQUIRE(a.bad().size() == 1);
    CHECK(contains(a.bad().back(), std::string(name) + "\t"));
    CHECK(contains(a.bad().back(), fmt::format("only the {} images before that "
                                               "are read",
                                               seeds.size())));
  }
}

TEST_CASE("a damaged archive is counted apart from the images it has") {
  const Archives& a = archives();
  const std::string third = "cut_in_third.zip";
  const RunResult result = a.extract({third});
  CHECK(a.seeds() == Seeds{3, 0});
  CHECK(a.bad() == Lines{third + "/noise.ppm\ttruncated archive",
                         third + "\ttruncated archive: only the 2 images "
                                 "before that are read"});
  CHECK(contains(result.err,
                 "2 of 3 images, 1 bad, 1 damaged archive: see "
                 "fnames.txt.bad.tsv"));
  CHECK(contains(
      a.extract({"--json", "-q", third}).out,
      "\"images\":2,\"bad\":1,\"done_before\":0,\"damaged_archives\":1,"));
  CHECK(contains(a.extract({"cut_in_first.zip"}, 1).err,
                 "cut_in_first.zip: truncated archive: no image before that "
                 "could be read"));
  CHECK(contains(a.extract({"no.zip"}, 1).err,
                 "the archive could not be read: see fnames.txt.bad.tsv"));
}

TEST_CASE("what is no archive, or has no images") {
  const Archives& a = archives();
  CHECK(contains(a.extract({"no.zip"}, 1).err, "no.zip: "));
  CHECK(contains(a.extract({"empty.tar"}, 1).err, "has no images"));
  const RunResult result = a.extract({"texts.tar", "p"});
  CHECK(contains(result.err, "texts.tar: no images in this archive"));
  CHECK(a.seeds() == Seeds{0, 1, 2, 3, 4, 5});
  for (const char* name : {"encrypted.zip", "encrypted_aes.zip"}) {
    CAPTURE(name);
    const std::string path =
        source_path(std::string("tests/golden/archives/") + name);
    a.extract({"-q", path, "p"});
    CHECK(a.seeds() == Seeds{0, 1, 2, 3, 4, 5});
    REQUIRE(a.bad().size() == 3);
    CHECK(a.bad()[0] ==
          path + "/dir/0.ppm\tencrypted: passwords are not supported");
  }
  for (const char* name : {"encrypted.7z", "encrypted_names.7z"}) {
    CAPTURE(name);
    a.extract(
        {"-q", source_path(std::string("tests/golden/archives/") + name), "p"});
    CHECK(a.seeds() == Seeds{0, 1, 2, 3, 4, 5});
    REQUIRE(!a.bad().empty());
    CHECK(contains(a.bad()[0], "ncrypt"));
  }
}

TEST_CASE("archives in folders are read, unless they are excluded") {
  const Archives& a = archives();
  const TempDir dir;
  dir.write("q/a.ppm", pattern_ppm(0));
  dir.write("q/archive.zip", read_file(a.dir / "all.zip"));
  dir.write("q/notes.zip", "no archive at all");
  dir.write("q/text.gz", "\x1f\x8b no tar");
  REQUIRE(extract_in(dir, {"-q", "q"}).status == 0);
  CHECK(lines_of(dir / "fnames.txt").size() == 7);
  CHECK(!file_exists(dir / "fnames.txt.bad.tsv"));
  REQUIRE(extract_in(dir, {"-q", "q", "--exclude", "*.zip"}).status == 0);
  CHECK(lines_of(dir / "fnames.txt") == Lines{"q/a.ppm"});
  REQUIRE(extract_in(dir, {"-q", "q", "--exclude", "q/archive.zip/dir/[3-5]*"})
              .status == 0);
  CHECK(lines_of(dir / "fnames.txt") ==
        Lines{"q/a.ppm", "q/archive.zip/dir/0.ppm", "q/archive.zip/dir/1.ppm",
              "q/archive.zip/dir/2.ppm"});
}

TEST_CASE("a list names members: in the archive's order, and in any other") {
  const Archives& a = archives();
  for (const char* name : {"all.tar.gz", "all.zip"}) {
    const auto member = [&](int i) {
      return std::string(name) + "/dir/" + std::to_string(i) + ".ppm\n";
    };
    RunOptions options = demo_in(a.dir);
    options.input = member(5) + member(4) + "p/0.ppm\n" + member(3) +
                    member(5) + name + "/dir/9.ppm\n" + member(2) +
                    "shard-0.tar\n";
    const RunResult result =
        extract_in(options, {"-q", "--files-from", "-", "-j3"});
    CAPTURE(result.err);
    CHECK(result.status == 0);
    CHECK(a.seeds() == Seeds{5, 4, 0, 3, 5, 2, 0, 1, 2});
    REQUIRE(a.bad().size() == 1);
    CHECK(a.bad()[0] == std::string(name) +
                            "/dir/9.ppm\tno such member of the archive " +
                            name);
  }
}

TEST_CASE("--append adds what an archive has more than before") {
  const Archives& a = archives();
  const TempDir dir;
  dir.write("x.tar", read_file(a.dir / "shard-0.tar"));
  REQUIRE(extract_in(dir, {"-q", "x.tar"}).status == 0);
  const RunResult same = extract_in(dir, {"--append", "x.tar"});
  CHECK(same.status == 0);
  CHECK(contains(same.err, "nothing to add: all 3 images are there"));
  // Tars that are put behind each other without the blocks at their end are
  // one.
  std::string bytes =
      read_file(dir / "x.tar").substr(0, std::size_t{3} * (512 + 1536 + 3072));
  bytes += read_file(a.dir / "shard-1.tar");
  dir.write("x.tar", bytes);
  const RunResult more = extract_in(dir, {"--append", "x.tar"});
  CAPTURE(more.err);
  CHECK(more.status == 0);
  CHECK(contains(more.err, "added to 3 rows; 3 were there already"));
  CHECK(lines_of(dir / "fnames.txt").size() == 6);
  CHECK(rows_of(dir / "fvecs.bin") == a.rows());
  CHECK(read_ledger(dir / "fvecs.bin", 6).archives.size() == 1);
}

TEST_CASE("shards have whole archives, and joined they are one run") {
  const Archives& a = archives();
  const Lines inputs = {"all.zip", "p/0.ppm", "shard-0.tar", "cut_in_data.tar"};
  Lines whole = inputs;
  whole.insert(whole.end(), {"-q", "-o", "w.bin", "-n", "w.txt"});
  a.extract(whole);
  Lines join = {"-q", "--join", "-o", "j.bin", "-n", "j.txt"};
  for (const char* shard : {"1/3", "2/3", "3/3"}) {
    Lines part = inputs;
    part.insert(part.end(), {"-q", "--shard", shard});
    a.extract(part);
    join.push_back(std::string("fvecs.bin.") + shard[0] + "-of-3");
  }
  a.extract(join);
  for (const char* name : {"bin", "txt", "bin.ledger.tsv", "txt.bad.tsv"}) {
    CAPTURE(name);
    CHECK(read_file(a.dir / (std::string("j.") + name)) ==
          read_file(a.dir / (std::string("w.") + name)));
  }
  CHECK(read_ledger(a.dir / "j.bin", 100).archives.size() == 3);
}

TEST_CASE("killed at any change of a file, --resume completes the same files") {
  if (!can_trace()) return;
  const Archives& a = archives();
  const Lines inputs = {"extract",   "shard-0.tar",     "p/0.ppm",
                        "texts.tar", "cut_in_data.tar", "-j1"};
  const auto folder = [&] {
    auto dir = std::make_unique<TempDir>();
    for (const char* name :
         {"shard-0.tar", "p/0.ppm", "texts.tar", "cut_in_data.tar"}) {
      fs::create_directories(fs::path(*dir / name).parent_path());
      fs::copy(a.dir / name, *dir / name);
      fs::last_write_time(*dir / name, fs::last_write_time(a.dir / name));
    }
    return dir;
  };
  const auto whole = folder();
  const TracedRun run = run_traced(inputs, demo_in(*whole));
  REQUIRE(run.status == 0);
  const Lines files = {"fvecs.bin", "fnames.txt", "fnames.txt.bad.tsv",
                       "fvecs.bin.json", "fvecs.bin.ledger.tsv"};
  for (std::size_t at = 0; at < run.changes.size(); ++at) {
    CAPTURE(run.changes[at]);
    const auto dir = folder();
    REQUIRE(run_traced(inputs, demo_in(*dir), at).killed);
    Lines again(inputs.begin() + 1, inputs.end());
    again.insert(again.end(), {"-q", "--resume"});
    const RunResult result = extract_in(*dir, again);
    CAPTURE(result.err);
    CHECK(result.status == 0);
    for (const std::string& file : files) {
      CAPTURE(file);
      CHECK(read_file(*dir / file) == read_file(*whole / file));
    }
  }
}

TEST_CASE("--resume refuses parts of an archive that has changed since") {
  const Archives& a = archives();
  if (!can_trace()) return;
  const TempDir dir;
  dir.write("x.zip", read_file(a.dir / "all.zip"));
  const TracedRun whole = run_traced({"extract", "x.zip"}, demo_in(dir));
  for (const std::string& file : files_in(dir.path()))
    if (file != "x.zip") fs::remove(dir / file);
  REQUIRE(
      run_traced({"extract", "x.zip"}, demo_in(dir), whole.changes.size() / 2)
          .killed);
  dir.write("x.zip", read_file(a.dir / "stored.cbz"));
  const RunResult result = extract_in(dir, {"--resume", "x.zip"});
  CHECK(result.status == 1);
  CHECK(contains(result.err, "its images were others"));
}
