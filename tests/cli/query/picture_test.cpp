// query by pictures: folders, patterns and pipes; an image's own row; where
// pictures are found; pages; and what is said of an input that is no image.
#include "cli/collection.h"
#include "image/decode.h"
#include "io/file.h"
#include "support/contains.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

TEST_SUITE_BEGIN("cli");

using namespace imsearch;
using imsearch::test::contains;
using test::Collection;
using test::fields_of;
using test::lines_of;
using test::RunOptions;
using test::RunResult;

namespace {

/// Eight hats in a folder, a copy of the first beside it, and an index of them.
struct Hats : Collection {
  Hats() : Collection(0) {
    static const Collection original(0);
    if (original.files().empty()) {
      std::filesystem::copy(test::source_path("data/photos/hat"),
                            original.path("hats"));
      std::filesystem::copy_file(original.path("hats/black-plain-06.jpg"),
                                 original.path("zz.jpg"));
      REQUIRE(original.run({"extract", "-q", "hats", "zz.jpg"}).status == 0);
      original.build();
    }
    std::filesystem::copy(original.dir().path(), dir().path(),
                          std::filesystem::copy_options::recursive);
  }
};

const std::string kHat = "hats/black-plain-06.jpg";

std::vector<std::string> column(const RunResult& result, std::size_t field) {
  std::vector<std::string> values;
  for (const std::string& line : lines_of(result.out))
    values.push_back(fields_of(line).at(field));
  return values;
}

}  // namespace

TEST_CASE("a photo of the index leaves itself out, by file or by bytes") {
  const Hats hats;
  const RunResult like = hats.run({"query", "--like", kHat, "-k", "3"});
  REQUIRE(like.status == 0);
  CHECK(column(like, 3)[0] == "zz.jpg");  // a copy is an answer
  for (const std::string& path : {kHat, "./hats/../" + kHat, hats.path(kHat)}) {
    CAPTURE(path);
    CHECK(column(hats.run({"query", path, "-k", "3"}), 3) == column(like, 3));
  }
  // Bytes of the index that are in another file: one row of them is left out.
  const Collection elsewhere(0);
  std::filesystem::copy_file(hats.path(kHat), elsewhere.path("x.jpg"));
  const RunResult copy =
      hats.run({"query", elsewhere.path("x.jpg"), "-k", "3"});
  CHECK(column(copy, 3) == column(like, 3));
  CHECK(column(hats.run({"query", kHat, "-k", "3", "--self"}), 3)[0] == kHat);
}

TEST_CASE("folders, patterns and pipes name images") {
  const Hats hats;
  const RunResult folder = hats.run({"query", "hats", "-k", "1"});
  CHECK(folder.status == 0);
  const auto asked = column(folder, 0);
  CHECK(asked.size() == 8);
  CHECK(std::is_sorted(asked.begin(), asked.end()));
  const RunResult pattern = hats.run({"query", "hats/b*.jpg", "-k", "1"});
  CHECK(pattern.status == 0);
  for (const std::string& name : column(pattern, 0))
    CHECK(name.rfind("hats/b", 0) == 0);
  const RunResult pipe =
      hats.run({"/bin/bash", "-c",
                test::tool_path("query") + " <(cat " + kHat + ") -k 2"});
  CHECK(pipe.status == 0);
  CHECK(column(pipe, 0)[0].rfind("/dev/fd/", 0) == 0);
  CHECK(column(pipe, 3) == column(hats.run({"query", kHat, "-k", "2"}), 3));
}

TEST_CASE("photos are added and taken away") {
  const Hats hats;
  const std::string other = "hats/grey-plain-02.jpg";
  const RunResult both =
      hats.run({"query", kHat, "--plus", "0.5:" + other, "-k", "3"});
  CHECK(both.status == 0);
  CHECK(column(both, 0)[0] == kHat + " + 0.5:" + other);
  const RunResult rows =
      hats.run({"query", "--like", kHat, "--plus", "0.5:" + other, "-k", "3"});
  CHECK(column(both, 3) == column(rows, 3));
  CHECK(column(both, 2) == column(rows, 2));
}

TEST_CASE("pictures are found from any folder") {
  const Hats hats;
  const Collection elsewhere(0);
  const std::string index = hats.path("fvecs.bin.hnsw.index");
  const RunResult sheet = elsewhere.run(
      {"query", "-i", index, "--id", "0", "-k", "3", "--sheet", "s.png"});
  CHECK(sheet.status == 0);
  CHECK(sheet.err.empty());  // none is missing
  CHECK(elsewhere.read("s.png").rfind("\x89PNG", 0) == 0);
  for (const std::string& path :
       lines_of(elsewhere.run({"query", "-i", index, "--id", "0", "-l"}).out))
    CHECK(file_exists(path));
  const RunResult page = elsewhere.run(
      {"query", "-i", index, hats.path("hats"), "--html", "p.html", "-k", "2"});
  CHECK(page.status == 0);
  CHECK(page.err.empty());
  CHECK(contains(elsewhere.read("p.html"), "src=\"data:image/jpeg;base64,"));
  std::filesystem::remove(hats.path("hats/grey-plain-02.jpg"));
  const RunResult missing = elsewhere.run(
      {"query", "-i", index, "--id", "0", "-k", "9", "--html", "p.html"});
  CHECK(missing.status == 0);
  CHECK(contains(missing.err, "1 of 9 pictures are not found"));
}

TEST_CASE("a page is written whole or not at all, and replaces nothing read") {
  const Hats hats;
  const auto files = hats.files();
  RunOptions limited;
  limited.max_file_bytes = 5000;
  CHECK(hats.run({"query", "--id", "0", "--html", "p.html"}, limited).status ==
        1);
  CHECK(hats.files() == files);
  const std::string photo = hats.read("zz.jpg");
  const std::string hat = hats.path("link.html");
  std::filesystem::create_symlink("zz.jpg", hat);
  const RunResult over =
      hats.run({"query", kHat, "-k", "3", "--html", "link.html"});
  CHECK(over.status == 2);
  CHECK(contains(over.err, "this file is there, and is not a page"));
  CHECK(hats.read("zz.jpg") == photo);
  CHECK(hats.run({"query", "--id", "0", "--html", "none/p.html"}).status == 1);
}

TEST_CASE("a text among the images of a folder leaves the others answered") {
  const Hats hats;
  std::filesystem::copy(hats.path("hats"), hats.path("mixed"));
  hats.write("mixed/t.jpg", "hello\n");
  for (const char* input : {"mixed", "mixed/*.jpg"}) {
    CAPTURE(input);
    const RunResult result = hats.run({"query", input, "-k", "1"});
    CHECK(result.status == 1);
    CHECK(result.err == "query: mixed/t.jpg: a text, not an image\n");
    CHECK(lines_of(result.out).size() == 8);
  }
}

TEST_CASE("an input is looked at before index and weights are") {
  const Collection empty(0);
  empty.write("notes.txt", "caf\xC3\xA9 notes\n");
  std::filesystem::create_directory(empty.path("none"));
  const auto said = [&](const std::string& input) {
    const RunResult result = empty.run({"query", input});
    CHECK(result.status == 1);
    CHECK(result.out.empty());
    return result.err;
  };
  CHECK(said("gone.jpg") == "query: gone.jpg: No such file or directory\n");
  CHECK(said("notes.txt") == "query: notes.txt: a text, not an image\n");
  CHECK(said("none") == "query: none: no images in this folder\n");
  CHECK(said("none/*.jpg") ==
        "query: none/*.jpg: no file matches this pattern\n");
  CHECK(contains(said("a red dress"), "by an image, not by words"));
  CHECK(contains(said("0.9"), "behind a =, as in --distinct=0.9"));
  // Where one may be an image, the index is what is missing.
  empty.write("x.jpg", "\xFF\xD8\xFF");
  CHECK(contains(empty.run({"query", "gone.jpg", "x.jpg"}).err,
                 "fvecs.bin.hnsw.index: no such file"));
  const RunResult json = empty.run({"query", "--json", "gone.jpg"});
  CHECK(json.out ==
        "{\"query\":\"gone.jpg\",\"error\":\"No such file or directory\"}\n");
}

TEST_SUITE_END();
