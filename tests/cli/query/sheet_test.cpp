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

TEST_CASE("outputs replace only files of their kind, and no image indexed") {
  const OnePhoto collection(5);
  collection.write("notes.html", "a\tb\n");
  const std::vector<std::vector<std::string>> commands = {
      {"query", "--id", "0", "-k", "1", "--sheet", "photo.jpg"},
      {"query", "--id", "0", "-k", "1", "--sheet", "./photo.jpg"},
      {"query", "--id", "0", "--sheet", "fnames.txt"},
      {"query", "--id", "0", "--html", "fnames.txt"},
      {"query", "--id", "0", "--html", "notes.html"},
      {"duplicates", "--threshold", "0.9", "--html", "fnames.txt"}};
  for (const auto& command : commands) {
    const std::string before = collection.read(command.back());
    const RunResult result = collection.run(command);
    CHECK(result.status == 2);
    CHECK(result.out.empty());
    CHECK(contains(result.err, command.back() + ": "));
    CHECK(collection.read(command.back()) == before);
  }
  for (int i = 0; i < 2; ++i)
    CHECK(
        collection
            .run({"query", "--id", "0", "--sheet", "s.jpg", "--html", "p.html"})
            .status == 0);
}

TEST_CASE("fault 21: a name that promises another format is refused") {
  const OnePhoto collection(5);
  const auto run = [&](std::vector<std::string> command,
                       const std::string& output) {
    command.push_back(output);
    return collection.run(command);
  };
  const std::vector<std::string> sheet = {"query", "--id", "0", "--sheet"};
  const std::vector<std::string> plot = {"eval-recall", "-k", "1", "--plot"};
  const std::vector<std::string> vectors = {"extract", "photo.jpg", "-o"};
  for (const char* name : {"x.webp", "x.GIF", "x.svg", "d/x.pdf"}) {
    CAPTURE(name);
    const RunResult result = run(sheet, name);
    CHECK(result.status == 2);
    CHECK(contains(result.err, "a JPEG or PNG is written"));
    CHECK(contains(result.err, "let the name end in .jpg"));
  }
  for (const char* name : {"x.pdf", "x.jpg", "x"}) {
    CHECK(run(plot, name).status == 2);
    CHECK(contains(run(plot, name).err, "neither .svg nor .png"));
  }
  for (const char* name : {"x.npy", "x.fvecs", "x.fbin"}) {
    CHECK(run(vectors, name).status == 2);
    CHECK(contains(run(vectors, name).err, "let the name end in .bin"));
  }
  CHECK(collection.files() ==
        std::vector<std::string>{"fnames.txt", "fvecs.bin",
                                 "fvecs.bin.hnsw.index", "fvecs.bin.json",
                                 "photo.jpg"});
  for (const char* name : {"x.jpg", "x.JPEG", "x", "x.2024", ".png"}) {
    CHECK(run(sheet, name).status == 0);
    CHECK(collection.read(name).rfind("\xFF\xD8\xFF", 0) == 0);
  }
  CHECK(run(plot, "x.SVG").status == 0);
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
  // Seconds of work: 100 lines of 11 pictures, then a JPEG of 67 megapixels.
  const OnePhoto collection(100);
  const auto files = collection.files();
  std::size_t asked = 0;
  RunOptions options;
  options.interrupt_signal = SIGTERM;
  // A while after its file is there, so that some lines are drawn.
  options.interrupt_when = [&] {
    return collection.files().size() > files.size() && ++asked > 300;
  };
  const RunResult result = collection.run(
      {"query", "--vectors", "fvecs.bin", "-k", "10", "--sheet", "sheet.jpg"},
      options);
  CHECK(result.status == 128 + SIGTERM);
  CHECK(contains(result.err, "query: interrupted"));
  CHECK(collection.files() == files);
}

TEST_CASE("a sheet without its folder is an error before anything is asked") {
  const OnePhoto collection(5);
  const RunResult result =
      collection.run({"query", "--id", "0", "--sheet", "no/sheet.jpg"});
  CHECK(result.status == 1);
  CHECK(result.out.empty());
  CHECK(result.err == "query: --sheet no/sheet.jpg: there is no folder no/\n");
}

TEST_SUITE_END();
