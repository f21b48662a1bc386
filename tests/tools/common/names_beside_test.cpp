// The names of a file of vectors are beside it, under the name that goes with
// its own.
#include "common/file_names.h"

#include "base/error.h"
#include "io/commit_mark.h"
#include "support/contains.h"
#include "support/temp_dir.h"

#include <doctest/doctest.h>

TEST_SUITE_BEGIN("tools");

using namespace imsearch;
using imsearch::test::contains;
using imsearch::test::TempDir;

TEST_CASE("names are in the folder of their vectors") {
  const TempDir dir;
  CHECK(names_beside(dir.write("fvecs.bin", "")) == dir / "fnames.txt");
  CHECK(names_beside(dir.write("fvecs.bin.d/fvecs.bin", "")) ==
        dir / "fvecs.bin.d/fnames.txt");
}

TEST_CASE("names of a shard end as its vectors do") {
  const TempDir dir;
  CHECK(names_beside(dir.write("fvecs.bin.3-of-8", "")) ==
        dir / "fnames.txt.3-of-8");
}

TEST_CASE("vectors of another name need theirs to be said") {
  const TempDir dir;
  const std::string other = dir.write("myfvecs.bin", "");
  const std::string usual = ": -n says where its names are";
  CHECK_THROWS_WITH_AS(names_beside(other), (other + usual).c_str(), Error);
  CHECK_THROWS_WITH_AS(names_beside(other, "name them"),
                       (other + ": name them").c_str(), Error);
}

TEST_CASE("vectors that are not there are told before their name is judged") {
  const TempDir dir;
  for (const std::string& path : {dir / "fvecs.bin", dir / "other.bin"}) {
    CAPTURE(path);
    const std::string told =
        path + ": no such file: extract makes one, or name your own";
    CHECK_THROWS_WITH_AS(names_beside(path), told.c_str(), Error);
  }
}

TEST_CASE("vectors that extract is putting in place are not called missing") {
  const TempDir dir;
  const std::string path = dir / "fvecs.bin";
  set_commit_mark(path);
  std::string told;
  try {
    fail_missing_vectors(path);
  } catch (const Error& e) {
    told = e.what();
  }
  CAPTURE(told);
  CHECK(contains(told, path));
  CHECK_FALSE(contains(told, "no such file"));
}
