// query by images on an index that a module of --model made.
#include "cli/collection.h"
#include "embed/script_files.h"
#include "support/contains.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <vector>

TEST_SUITE_BEGIN("cli");

using namespace imsearch;
using imsearch::test::contains;
using test::Collection;
using test::RunResult;

namespace {

/// Images, a module, and an index with preprocessing that is nobody's default.
struct Modelled : Collection {
  Modelled() : Collection(0) {
    test::save_script(test::small_net(12, 5), path("net.pt"));
    test::save_script(test::small_net(12, 6), path("other.pt"));
    int copied = 0;
    for (const auto& photo : std::filesystem::directory_iterator(
             test::source_path("data/photos/hat")))
      std::filesystem::copy_file(photo.path(),
                                 path("p" + std::to_string(copied++) + ".jpg"));
    REQUIRE(copied >= 4);
    const RunResult result =
        run({"extract", "-q", "--model", "net.pt", "--input-size", "20",
             "--resize", "squash", "--mean", "0.1,0.2,0.3", "--std",
             "0.25,0.5,0.26862954", "*.jpg"});
    CAPTURE(result.err);
    REQUIRE(result.status == 0);
    build();
  }
};

}  // namespace

TEST_CASE("query --model takes the preprocessing from the index") {
  const Modelled m;
  for (const char* image : {"p0.jpg", "p3.jpg"}) {
    const RunResult result =
        m.run({"query", "--self", "--model", "net.pt", "-k", "1", image});
    CHECK(result.err.empty());
    CHECK(result.status == 0);
    CHECK(result.out == std::string(image) + "\t1\t1.000000\t" + image + "\n");
  }
}

TEST_CASE("without --model, query takes the file that extract took") {
  const Modelled m;
  const RunResult found = m.run({"query", "--self", "p0.jpg", "-k", "1"});
  CHECK(found.status == 0);
  CHECK(found.out == "p0.jpg\t1\t1.000000\tp0.jpg\n");
  const std::string made =
      "query: fvecs.bin.hnsw.index: made by torchscript net.pt (sha256 ";
  const RunResult weights = m.run({"query", "p0.jpg", "--weights", "demo"});
  CHECK(weights.status == 1);
  CHECK(contains(weights.err, made));
  CHECK(contains(weights.err, "): name this file with --model\n"));
  std::filesystem::rename(m.path("net.pt"), m.path("moved.pt"));
  const RunResult lost = m.run({"query", "p0.jpg"});
  CHECK(lost.status == 1);
  CHECK(lost.out.empty());
  CHECK(contains(lost.err, made));
  CHECK(contains(lost.err, "), and " + m.path("net.pt") +
                               " is not there: name this file with --model\n"));
  // Another module in its place is refused before any of it is run.
  std::filesystem::rename(m.path("other.pt"), m.path("net.pt"));
  const RunResult other = m.run({"query", "p0.jpg"});
  CHECK(other.status == 1);
  CHECK(contains(other.err, made));
  CHECK(contains(other.err,
                 m.path("net.pt") + ": another model than the one wanted"));
  CHECK(contains(other.err, ": name the file with --model\n"));
  CHECK(m.run({"query", "--id", "0"}).status == 0);
}

TEST_CASE("another module is refused by its SHA-256, whatever its name") {
  const Modelled m;
  const RunResult other = m.run({"query", "--model", "other.pt", "p0.jpg"});
  CHECK(other.status == 1);
  CHECK(other.out.empty());
  CHECK(contains(other.err, "other.pt: another model than the one wanted"));
  std::filesystem::rename(m.path("net.pt"), m.path("renamed.pt"));
  CHECK(m.run({"query", "--model", "renamed.pt", "p0.jpg"}).status == 0);
  const RunResult gone = m.run({"query", "--model", "net.pt", "p0.jpg"});
  CHECK(gone.status == 1);
  CHECK(contains(gone.err, "net.pt: No such file or directory"));
}

TEST_CASE("--model is refused where the index is not of a module") {
  const Modelled m;
  CHECK(m.run({"query", "--model", "net.pt", "--weights", "demo", "p0.jpg"})
            .status == 2);
  std::filesystem::remove(m.path("fvecs.bin.json"));
  REQUIRE(m.run({"build-index", "-q", "--dim", "12"}).status == 0);
  const RunResult unknown = m.run({"query", "--model", "net.pt", "p0.jpg"});
  CHECK(unknown.status == 1);
  CHECK(contains(unknown.err, "does not say which model made it"));
  // Without the sidecar, nothing says that these are the images of the index.
  REQUIRE(m.run({"extract", "-q", "--force", "--weights", "demo", "*.jpg"})
              .status == 0);
  REQUIRE(m.run({"build-index", "-q"}).status == 0);
  const RunResult builtin = m.run({"query", "--model", "net.pt", "p0.jpg"});
  CHECK(builtin.status == 1);
  CHECK(contains(builtin.err, "made by mobilenet_v2 "));
}

TEST_CASE("bench extract runs a module, too") {
  const Modelled m;
  const RunResult result = m.run(
      {"bench", "extract", "--model", "net.pt", "--input-size", "32", "*.jpg"});
  CAPTURE(result.err);
  CHECK(result.status == 0);
  CHECK(contains(result.out, "dim\t12\n"));
  CHECK(contains(result.out, "torchscript"));
  CHECK(m.run({"bench", "extract", "--input-size", "32", "*.jpg"}).status == 2);
}

TEST_SUITE_END();
