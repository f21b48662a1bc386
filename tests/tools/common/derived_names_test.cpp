// Files that extract makes beside its outputs, which no other may replace.
#include "common/file_names.h"

#include "common/cli.h"
#include "support/temp_dir.h"

#include <doctest/doctest.h>

#include <unistd.h>

#include <algorithm>
#include <string>
#include <vector>

TEST_SUITE_BEGIN("tools");

using namespace imsearch;
using imsearch::test::TempDir;

namespace {

using Files = std::vector<std::string>;

Files sorted(Files files) {
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

TEST_CASE("vectors come with sidecar, parts, log and mark") {
  const TempDir dir;
  CHECK(sorted(files_of_vectors(dir / "v")) ==
        Files{dir / "v", dir / "v.commit.part", dir / "v.done.part",
              dir / "v.json", dir / "v.json.part", dir / "v.ledger.tsv",
              dir / "v.ledger.tsv.part", dir / "v.part"});
}

TEST_CASE("names come with the list of bad images, and parts") {
  const TempDir dir;
  CHECK(sorted(files_of_names(dir / "n")) == Files{dir / "n", dir / "n.bad.tsv",
                                                   dir / "n.bad.tsv.part",
                                                   dir / "n.part"});
}

TEST_CASE("parts are beside the file that a link leads to") {
  const TempDir dir;
  REQUIRE(::symlink("store", (dir / "n").c_str()) == 0);
  CHECK(sorted(files_of_names(dir / "n")) == Files{dir / "n", dir / "n.bad.tsv",
                                                   dir / "n.bad.tsv.part",
                                                   dir / "store.part"});
}

TEST_CASE("standard output and devices have nothing beside them") {
  for (const std::string path : {"-", "/dev/null"}) {
    CHECK(files_of_vectors(path).empty());
    CHECK(files_of_names(path).empty());
  }
}

TEST_CASE("an output of a name of extract's is a usage error") {
  const TempDir dir;
  const Files files = files_of_vectors(dir / "v");
  const std::string sidecar = dir / "v.json";
  const std::string told = "writing " + sidecar + ": " + sidecar +
                           " is a file of extract: choose another name";
  CHECK_THROWS_WITH_AS(keep_apart(sidecar, files), told.c_str(),
                       cli::UsageError);
  CHECK_THROWS_AS(keep_apart(dir / "v", files), cli::UsageError);
  CHECK_THROWS_AS(keep_apart(dir / "v.commit.part", files), cli::UsageError);
  REQUIRE(::symlink("v", (dir / "link").c_str()) == 0);
  CHECK_THROWS_AS(keep_apart(dir / "link", files), cli::UsageError);
}

TEST_CASE("an output of another name, or to a stream, is let through") {
  const TempDir dir;
  const Files files = files_of_vectors(dir / "v");
  for (const std::string& output :
       {dir / "v.svg", dir / "other/v", std::string("-"),
        std::string("/dev/null"), std::string()}) {
    CAPTURE(output);
    CHECK_NOTHROW(keep_apart(output, files));
  }
}

TEST_CASE("vectors and names of one run must not meet in any file") {
  const TempDir dir;
  const auto meet = [&dir](const char* vectors, const char* names) {
    try {
      keep_vectors_and_names_apart(dir / vectors, dir / names);
    } catch (const cli::UsageError&) {
      return true;
    }
    return false;
  };
  CHECK(meet("x", "x"));
  CHECK(meet("x", "x.json"));          // the sidecar
  CHECK(meet("x", "x.done.part"));     // the log
  CHECK(meet("x.bad.tsv", "x"));       // the list of bad images
  CHECK(meet("x.bad.tsv.part", "x"));  // its part
  CHECK_FALSE(meet("x", "y"));
  CHECK_FALSE(meet("x", "x.txt"));
  CHECK_NOTHROW(keep_vectors_and_names_apart("-", "-"));
}

TEST_CASE("the file that both would write is named") {
  const TempDir dir;
  const std::string told = "-o " + (dir / "x") + " and -n " + (dir / "x.json") +
                           " would both write " + (dir / "x.json") +
                           ": choose another name for one";
  CHECK_THROWS_WITH_AS(keep_vectors_and_names_apart(dir / "x", dir / "x.json"),
                       told.c_str(), cli::UsageError);
}
