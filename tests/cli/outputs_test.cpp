// What outputs replace: what the same tool wrote before, an empty file, and
// nothing else.
#include "cli/collection.h"
#include "image/decode.h"
#include "support/contains.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <vector>

TEST_SUITE_BEGIN("cli");

using namespace imsearch;
using imsearch::test::contains;
using test::Collection;
using test::RunOptions;
using test::RunResult;
using Command = std::vector<std::string>;

namespace {

/// The bundled weights, whatever this user's environment says.
RunOptions demo() {
  RunOptions options;
  options.environment = {"IMSEARCH_WEIGHTS="};
  return options;
}

/// Three hats in p, extracted and indexed, and two files of somebody else.
struct Hats : Collection {
  Hats() : Collection(0) {
    const std::string hats = test::source_path("data/photos/hat");
    std::filesystem::create_directory(path("p"));
    for (const char* name :
         {"black-plain-06.jpg", "grey-plain-02.jpg", "beige-straw-01.jpg"})
      std::filesystem::copy_file(hats + "/" + name, path("p/") + name);
    std::filesystem::copy_file(hats + "/brown-plain-03.jpg", path("mine.jpg"));
    std::filesystem::copy_file(path("mine.jpg"), path("IMG1"));
    write("mine.html", "<!DOCTYPE html>\n<title>A letter</title>\n");
    write("mine.svg", "<?xml version=\"1.0\"?>\n<svg/>\n");
    write("mine.png", "\x89PNG\r\n\x1A\n a picture");
    write("notes.txt", "To buy:\nmilk\nbread\n");
    REQUIRE(run({"extract", "-q", "p"}, demo()).status == 0);
    build();
  }

  /// Fails with the file's name, and leaves it as it was.
  void check_kept(const Command& command, const std::string& file) const {
    CAPTURE(file);
    const std::string before = read(file);
    const RunResult result = run(command, demo());
    CHECK(result.status != 0);
    CHECK(result.out.empty());
    CHECK(contains(result.err, file + ": this file is there"));
    CHECK(contains(result.err, "choose another name, or remove it"));
    CHECK(read(file) == before);
  }
};

}  // namespace

TEST_CASE("sheets, pages and plots replace only those that imsearch made") {
  const Hats hats;
  const std::vector<Command> commands = {
      {"query", "-q", "--id", "0", "-k", "1", "--sheet", "mine.jpg"},
      {"query", "-q", "--id", "0", "-k", "1", "--sheet", "mine.png"},
      {"query", "-q", "--id", "0", "-k", "1", "--html", "mine.html"},
      {"duplicates", "-q", "--threshold", "0.9", "--html", "mine.html"},
      {"eval-recall", "-q", "-k", "1", "--plot", "mine.png"},
      {"eval-recall", "-q", "-k", "1", "--plot", "mine.svg"}};
  for (const Command& command : commands) {
    const std::string file = command.back();
    hats.check_kept(command, file);
    // What it wrote itself is replaced, and so is an empty file.
    Command other = command;
    other.back() = "own" + file.substr(file.find('.'));
    hats.write(other.back(), "");
    for (int i = 0; i < 3; ++i) CHECK(hats.run(other).status == 0);
    other.back() = "/dev/null";
    if (command[0] != "eval-recall") CHECK(hats.run(other).status == 0);
  }
}

TEST_CASE("the mark of a picture leaves its pixels readable") {
  const Hats hats;
  for (const char* sheet : {"s.jpg", "s.png"}) {
    CAPTURE(sheet);
    REQUIRE(hats.run({"query", "--id", "0", "--sheet", sheet}).status == 0);
    CHECK(decode_image(hats.read(sheet), sheet).width > 100);
  }
  CHECK(contains(hats.read("s.jpg"), "Made by imsearch"));
  REQUIRE(hats.run({"eval-recall", "-k", "1", "--plot", "r.png"}).status == 0);
  CHECK(decode_image(hats.read("r.png"), "r.png").width > 100);
}

TEST_CASE("an index replaces only an index") {
  const Hats hats;
  for (const char* file : {"mine.jpg", "IMG1", "notes.txt", "mine.html"})
    hats.check_kept({"build-index", "-q", "-o", file}, file);
  hats.write("empty", "");
  for (const char* format : {"imsearch", "hnswlib", "imsearch"}) {
    CAPTURE(format);
    for (const char* file : {"fvecs.bin.hnsw.index", "empty", "/dev/null"})
      CHECK(hats.run({"build-index", "-q", "--format", format, "-o", file})
                .status == 0);
  }
}

TEST_CASE("vectors replace only vectors of extract, or what --force says") {
  const Hats hats;
  for (const char* file : {"fvecs.bin.hnsw.index", "IMG1", "notes.txt"})
    hats.check_kept({"extract", "-q", "p", "-n", "n", "-o", file}, file);
  // Photos that were exported have other sidecars.
  hats.write("IMG1.json", "{\"title\": \"IMG1\"}");
  hats.check_kept({"extract", "-q", "p", "-n", "n", "-o", "IMG1"}, "IMG1");
  hats.write("empty", "");
  for (const char* file : {"fvecs.bin", "empty", "empty", "/dev/null"})
    CHECK(hats.run({"extract", "-q", "p", "-n", "n", "-o", file}, demo())
              .status == 0);
  CHECK(
      hats.run({"extract", "-q", "p", "-n", "n", "-o", "notes.txt", "--force"},
               demo())
          .status == 0);
}

TEST_CASE("names replace only names of vectors or of these images") {
  const Hats hats;
  for (const Command& command :
       {Command{"extract", "-q", "p", "-o", "o.bin", "-n", "notes.txt"},
        Command{"extract", "-q", "p", "-o", "-", "-n", "notes.txt"},
        Command{"extract", "-q", "--join", "fvecs.bin", "-o", "o.bin", "-n",
                "notes.txt"}})
    hats.check_kept(command, "notes.txt");
  const auto run = [&](Command more) {
    more.insert(more.begin(), {"extract", "-q"});
    return hats.run(more, demo()).status;
  };
  CHECK(run({"p"}) == 0);
  CHECK(run({"p", "-o", "o.bin"}) == 0);  // the names of fvecs.bin, as well
  for (int i = 0; i < 2; ++i) {
    CHECK(run({"p", "-o", "/dev/null", "-n", "n.txt"}) == 0);
    CHECK(run({"p", "-0", "-o", "/dev/null", "-n", "n0.txt"}) == 0);
    CHECK(run({"--join", "fvecs.bin", "-o", "j.bin", "-n", "j.txt"}) == 0);
  }
  // Other images than before, where no index would be left without its vectors.
  std::filesystem::remove(hats.path("fvecs.bin.hnsw.index"));
  CHECK(run({"mine.jpg"}) == 0);
  CHECK(hats.read("fnames.txt") == "mine.jpg\n");
  // Vectors that are gone leave their names.
  std::filesystem::remove(hats.path("fvecs.bin"));
  std::filesystem::remove(hats.path("fvecs.bin.json"));
  CHECK(run({"mine.jpg", "p"}) == 0);
  CHECK(run({"p", "-o", "x.bin", "-n", "notes.txt", "--force"}) == 0);
}

TEST_SUITE_END();
