// query --sheet: what it never does to other files.
#include "cli/collection.h"
#include "io/file.h"
#include "support/contains.h"

#include <doctest/doctest.h>

#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

TEST_SUITE_BEGIN("cli");

using namespace imsearch;
using imsearch::test::contains;
using test::Collection;
using test::RunOptions;
using test::RunResult;

namespace {

/// An index of rows that all have the name of one photo.
struct OnePhoto : Collection {
  explicit OnePhoto(std::size_t rows) : Collection(rows) {
    write("photo.jpg",
          read_file(test::source_path("data/photos/hat/black-plain-06.jpg")));
    std::string names;
    for (std::size_t i = 0; i < rows; ++i) names += "photo.jpg\n";
    write("fnames.txt", names);
    build();
  }
};

}  // namespace

TEST_CASE("a sheet never replaces what query reads") {
  const OnePhoto collection(5);
  const std::vector<std::string> inputs = {"fvecs.bin", "fvecs.bin.hnsw.index",
                                           "q.bin", "w.st"};
  collection.write("q.bin", collection.read("fvecs.bin"));
  collection.write("w.st", "weights");
  for (const std::string& sheet : inputs) {
    CAPTURE(sheet);
    const std::string before = collection.read(sheet);
    const RunResult result =
        collection.run({"query", "--vectors", "q.bin", "photo.jpg", "--weights",
                        "w.st", "--sheet", "./" + sheet});
    CHECK(result.status == 2);
    CHECK(result.out.empty());
    CHECK(contains(result.err, "would replace an input"));
    CHECK(collection.read(sheet) == before);
  }
}

TEST_CASE("pictures that are not there are told once") {
  const OnePhoto collection(5);
  const std::vector<std::string> command = {
      "query", "--id", "0", "--id", "1", "-k", "3", "--sheet", "sheet.jpg"};
  CHECK(collection.run(command).err.empty());
  std::filesystem::remove(collection.path("photo.jpg"));
  const RunResult result = collection.run(command);
  CHECK(result.status == 0);
  CHECK(result.err ==
        "query: 8 of 8 pictures are not found: names are relative to the "
        "folder where extract ran\n");
  auto quietly = command;
  quietly.emplace_back("-q");
  CHECK(collection.run(quietly).err.empty());
}

TEST_CASE("a signal while a sheet is drawn leaves nothing") {
  // Seconds of work: 200 lines of 64 pictures.
  const OnePhoto collection(200);
  const auto files = collection.files();
  std::size_t asked = 0;
  RunOptions options;
  options.interrupt_signal = SIGTERM;
  // A while after its file is there, so that some lines are drawn.
  options.interrupt_when = [&] {
    return collection.files().size() > files.size() && ++asked > 300;
  };
  const RunResult result = collection.run(
      {"query", "--vectors", "fvecs.bin", "-k", "63", "--sheet", "sheet.jpg"},
      options);
  CHECK(result.status == 128 + SIGTERM);
  CHECK(contains(result.err, "query: interrupted"));
  CHECK(collection.files() == files);
}

TEST_SUITE_END();
