// Which images an index finds that build-index makes over an older one: those
// of which the ledger says that they are there, but for those that --delete was
// given.
#include "cli/extract/files.h"
#include "cli/update/collections.h"
#include "io/file.h"
#include "io/ledger.h"
#include "support/contains.h"

#include <doctest/doctest.h>

#include <filesystem>

TEST_SUITE_BEGIN("cli");

using namespace imsearch;
using test::run_in;
using test::TempDir;
using Lines = std::vector<std::string>;
namespace fs = std::filesystem;

namespace {

/// p/0.ppm to p/5.ppm, extracted and indexed by update.
class Photos {
 public:
  Photos() {
    for (int i = 0; i < 6; ++i)
      test::write_image(dir_, "p/" + std::to_string(i) + ".ppm", i);
    do_well({"update", "-q", "p"});
  }

  const TempDir& dir() const { return dir_; }

  void do_well(const Lines& command) const {
    const test::RunResult result = run_in(dir_, command);
    CAPTURE(result.err);
    REQUIRE(result.status == 0);
  }

  void move(const std::string& from, const std::string& to) const {
    fs::rename(dir_ / from, dir_ / to);
  }

  void erase(const std::string& names) const {
    dir_.write("names", names);
    do_well({"build-index", "-q", "--delete", "names"});
  }

  bool finds(const std::string& name) const {
    return run_in(dir_, {"query", "--like", name}).status == 0;
  }

 private:
  TempDir dir_;
};

}  // namespace

TEST_CASE("an image that was away is found after --compact") {
  const Photos photos;
  photos.move("p/5.ppm", "kept");
  photos.do_well({"update", "-q"});
  photos.move("kept", "p/5.ppm");
  SUBCASE("an update after it came back") {
    photos.do_well({"update", "-q"});
    photos.do_well({"update", "-q", "--compact"});
  }
  SUBCASE("at once") {
    photos.do_well({"update", "-q", "--compact"});
  }
  test::check_as_from_nothing(photos.dir());
  photos.do_well({"build-index", "-q"});
  test::check_as_from_nothing(photos.dir());
}

TEST_CASE("a folder that was away is found after --compact") {
  const Photos photos;
  photos.move("p", "kept");
  photos.do_well({"update", "-q", "--allow-empty", "--force"});
  photos.move("kept", "p");
  photos.do_well({"update", "-q"});
  photos.do_well({"update", "-q", "--compact"});
  test::check_as_from_nothing(photos.dir());
}

TEST_CASE("an image that was away is found in vectors that are made anew") {
  const Photos photos;
  photos.move("p/5.ppm", "kept");
  photos.do_well({"update", "-q"});
  photos.move("kept", "p/5.ppm");
  photos.do_well({"extract", "-q", "--force", "p"});
  photos.do_well({"build-index", "-q"});
  test::check_as_from_nothing(photos.dir());
}

TEST_CASE("what --delete was given stays deleted after --compact") {
  const Photos photos;
  photos.erase("p/4.ppm\n");
  fs::remove(photos.dir() / "p/1.ppm");
  const auto only_those = [&] {
    for (const char* name : {"p/0.ppm", "p/2.ppm", "p/3.ppm", "p/5.ppm"})
      CHECK(photos.finds(name));
    for (const char* name : {"p/1.ppm", "p/4.ppm"})
      CHECK_FALSE(photos.finds(name));
  };
  photos.do_well({"update", "-q", "--compact"});
  CHECK(test::rows_of(photos.dir() / "fvecs.bin").size() == 5);
  only_those();
  photos.do_well({"build-index", "-q"});
  only_those();
  photos.do_well({"update", "-q"});
  only_those();
}

TEST_CASE("what --delete was given stays deleted in vectors with new rows") {
  const Photos photos;
  photos.erase("p/4.ppm\n");
  // Its row comes behind those that the index has.
  for (const char* name : {"p/20.ppm", "p/21.ppm", "p/22.ppm"})
    test::write_image(photos.dir(), name, name[3]);
  photos.do_well({"extract", "-q", "--force", "p"});
  photos.do_well({"build-index", "-q"});
  CHECK_FALSE(photos.finds("p/4.ppm"));
  CHECK(photos.finds("p/21.ppm"));
}

TEST_CASE("what --delete was given stays deleted under a new name") {
  const Photos photos;
  photos.erase("p/4.ppm\n");
  fs::remove(photos.dir() / "p/1.ppm");
  photos.move("p/4.ppm", "p/four.ppm");
  photos.do_well({"update", "-q", "--compact"});
  CHECK_FALSE(photos.finds("p/four.ppm"));
  CHECK(photos.finds("p/5.ppm"));
}

TEST_CASE("an image that --delete was given, and was away, is a new one") {
  const Photos photos;
  photos.erase("p/5.ppm\n");
  photos.move("p/5.ppm", "kept");
  photos.do_well({"update", "-q"});
  photos.move("kept", "p/5.ppm");
  photos.do_well({"update", "-q"});
  CHECK(photos.finds("p/5.ppm"));
  photos.do_well({"update", "-q", "--compact"});
  CHECK(photos.finds("p/5.ppm"));
}

// An index of older versions does not tell what was deleted for which reason.
TEST_CASE("an index that records nothing of the ledger learns it in time") {
  const Photos photos;
  photos.erase("p/5.ppm\n");
  const std::string vectors = photos.dir() / "fvecs.bin";
  Ledger ledger = read_ledger(vectors, 6);
  ledger.rows[5].gone = true;
  write_ledger(vectors, ledger,
               read_names(photos.dir() / "fnames.txt", Separator::kNewline));
  SUBCASE("by --append") {
    photos.do_well({"update", "-q"});
    photos.do_well({"update", "-q", "--compact"});
  }
  SUBCASE("by --compact") {
    photos.do_well({"update", "-q", "--compact"});
  }
  SUBCASE("from the ledger") {
    photos.do_well({"extract", "-q", "--append", "p"});
    photos.do_well({"build-index", "-q"});
  }
  test::check_as_from_nothing(photos.dir());
}

TEST_SUITE_END();
