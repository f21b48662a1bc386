// extract, killed right before each change of a file that it makes (fault 14).
#include "cli/extract/files.h"
#include "io/file.h"
#include "support/contains.h"
#include "support/traced_run.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <memory>

TEST_SUITE_BEGIN("cli");

using namespace imsearch;
using imsearch::test::contains;
using test::RunResult;
using test::TempDir;
using test::TracedRun;
using Lines = std::vector<std::string>;

namespace {

const Lines kSet = {"fvecs.bin", "fnames.txt", "fvecs.bin.json",
                    "fnames.txt.bad.tsv"};

/// As many rows before as after: only their content tells them apart.
const Lines kOldRun = {"extract", "a0.ppm", "a1.ppm", "a2.ppm"};
const Lines kNewRun = {"extract", "b0.ppm", "b1.ppm",
                       "bad.ppm", "b2.ppm", "--exif"};

Lines operator+(Lines a, const Lines& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

RunResult run_in(const TempDir& dir, const Lines& args) {
  return test::run(args, test::demo_in(dir));
}

TracedRun kill_in(const TempDir& dir, const Lines& args, std::size_t at) {
  return test::run_traced(args + Lines{"--threads", "1"}, test::demo_in(dir),
                          at);
}

/// Vectors, names, sidecar and list; nothing for those that are not there.
Lines set_in(const TempDir& dir, const std::string& names = "fnames.txt") {
  Lines contents;
  for (const std::string& file : kSet) {
    std::string path = dir / file;
    if (file.compare(0, 10, "fnames.txt") == 0)
      path = dir / (names + file.substr(10));
    contents.push_back(file_exists(path) ? read_file(path) : "");
  }
  return contents;
}

std::unique_ptr<TempDir> images() {
  auto dir = std::make_unique<TempDir>();
  for (int i = 0; i < 3; ++i) {
    dir->write("a" + std::to_string(i) + ".ppm", test::pattern_ppm(i));
    dir->write("b" + std::to_string(i) + ".ppm", test::pattern_ppm(10 + i));
  }
  dir->write("bad.ppm", "x");
  return dir;
}

std::unique_ptr<TempDir> copy_of(const TempDir& dir) {
  auto copy = std::make_unique<TempDir>();
  std::filesystem::copy(dir.path(), copy->path());
  return copy;
}

/// A folder with the old set, or none; and what the new run makes of it.
struct Case {
  explicit Case(bool with_old) : start(images()) {
    if (with_old) REQUIRE(run_in(*start, kOldRun).status == 0);
    const std::unique_ptr<TempDir> done = copy_of(*start);
    const TracedRun whole = kill_in(*done, kNewRun, test::kNever);
    REQUIRE(whole.status == 0);
    changes = whole.changes;
    old_set = set_in(*start);
    new_set = set_in(*done);
    files = test::files_in(done->path());
  }

  std::unique_ptr<TempDir> start;
  Lines changes;
  Lines old_set, new_set;
  Lines files;  // behind the new run

  /// Behind the first change of that kind, by its beginning.
  std::size_t behind(const std::string& change) const {
    for (std::size_t i = 0; i < changes.size(); ++i)
      if (changes[i].compare(0, change.size(), change) == 0) return i + 1;
    FAIL("no " << change);
    return 0;
  }

  std::unique_ptr<TempDir> killed(std::size_t at) const {
    auto dir = copy_of(*start);
    REQUIRE(kill_in(*dir, kNewRun, at).killed);
    return dir;
  }
  bool is_whole(const Lines& set) const {
    return set == old_set || set == new_set;
  }
};

/// What build-index takes is one of the two sets; what it does not take, it
/// says how to finish.
void check_readers(const Case& c, const TempDir& dir) {
  const Lines set = set_in(dir);
  const RunResult built = run_in(dir, {"build-index", "-q", "-o", "index"});
  if (built.status == 0) {
    CHECK(c.is_whole(set));
    std::filesystem::remove(dir / "index");
    return;
  }
  CHECK(built.status == 1);
  const RunResult pushed = run_in(dir, {"push", "http://localhost:1/x"});
  for (const std::string& error : {built.err, pushed.err}) {
    CAPTURE(error);
    if (c.old_set[0].empty() && contains(error, "o such file")) continue;
    CHECK(contains(error,
                   "fvecs.bin: extract has not finished putting its "
                   "files in place"));
    CHECK(contains(error, "run the same extract with --resume to finish"));
  }
}

void check_new(const Case& c, const TempDir& dir) {
  CHECK(set_in(dir) == c.new_set);
  CHECK(test::files_in(dir.path()) == c.files);
  CHECK(run_in(dir, {"build-index", "-q", "-o", "index"}).status == 0);
}

/// The rows are made one after the other, which other tests interrupt; here it
/// is what comes when they are all there.
void check_each_kill(bool with_old) {
  const Case c(with_old);
  for (std::size_t at = c.behind("sync") - 1; at < c.changes.size(); ++at) {
    CAPTURE(c.changes[at]);
    const auto dir = c.killed(at);
    check_readers(c, *dir);
    CHECK(run_in(*dir, kNewRun + Lines{"--resume"}).status == 0);
    check_new(c, *dir);
  }
}

}  // namespace

TEST_CASE(
    "fault 14: killed anywhere, extract leaves the old files, the new, "
    "or an error" *
    doctest::skip(!test::can_trace())) {
  check_each_kill(true);
}

TEST_CASE("fault 14: killed anywhere, the first extract leaves no half set" *
          doctest::skip(!test::can_trace())) {
  check_each_kill(false);
}

TEST_CASE(
    "fault 20: --resume writes the names where -n says, wherever the "
    "run before it was killed" *
    doctest::skip(!test::can_trace())) {
  const Case c(true);
  for (const std::string change :
       {"rename fnames.txt.part", "rename fvecs.bin.json.part",
        "rename fvecs.bin.part", "unlink fvecs.bin.commit.part"}) {
    CAPTURE(change);
    const auto dir = c.killed(c.behind(change));
    CHECK(run_in(*dir, kNewRun + Lines{"--resume", "-n", "other.txt"}).status ==
          0);
    CHECK(set_in(*dir, "other.txt") == c.new_set);
    CHECK_FALSE(file_exists(*dir / "fvecs.bin.commit.part"));
    CHECK(run_in(*dir, {"build-index", "-q", "-n", "other.txt"}).status == 0);
  }
}

TEST_CASE("fault 14: between two renames any further run may be killed, too" *
          doctest::skip(!test::can_trace())) {
  const Case c(true);
  const auto half = c.killed(c.behind("rename fnames.txt.part"));
  for (const Lines& command : {kNewRun + Lines{"--resume"}, kOldRun}) {
    const auto whole = copy_of(*half);
    const Lines changes = kill_in(*whole, command, test::kNever).changes;
    const bool resumes = command.back() == "--resume";
    CHECK(set_in(*whole) == (resumes ? c.new_set : c.old_set));
    for (std::size_t at = 0; at < changes.size(); ++at) {
      CAPTURE(changes[at]);
      const auto dir = copy_of(*half);
      REQUIRE(kill_in(*dir, command, at).killed);
      check_readers(c, *dir);
    }
  }
}
