// query by images, with extract behind it, and contact sheets.
#include "cli/co_process.h"
#include "cli/collection.h"
#include "image/decode.h"
#include "io/file.h"
#include "io/own_mark.h"
#include "support/contains.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

TEST_SUITE_BEGIN("cli");

using namespace imsearch;
using imsearch::test::contains;
using test::Collection;
using test::CoProcess;
using test::RunOptions;
using test::RunResult;
using Json = nlohmann::json;

namespace {

/// Some of the sample photos.
void copy_photos(const Collection& to) {
  int copied = 0;
  for (const auto& entry : std::filesystem::directory_iterator(
           test::source_path("data/photos/hat")))
    if (entry.path().extension() == ".jpg")
      std::filesystem::copy_file(
          entry.path(), to.path("p" + std::to_string(copied++) + ".jpg"));
  REQUIRE(copied >= 4);
}

/// They and an index of them, extracted once and copied for each test.
struct Photos : Collection {
  Photos() : Collection(0) {
    static const Collection original(0);
    if (original.files().empty()) {
      copy_photos(original);
      REQUIRE(original.run({"extract", "-q", "*.jpg"}).status == 0);
      original.build();
    }
    std::filesystem::copy(original.dir().path(), dir().path());
  }

  /// With --self, so that the first line tells whose answer it is.
  RunResult run(std::vector<std::string> command,
                const RunOptions& options = {}) const {
    if (command[0] == "query") command.insert(command.begin() + 1, "--self");
    return Collection::run(command, options);
  }
};

/// With --self, a photo finds itself first.
std::string self_match(const std::string& photo) {
  return photo + "\t1\t1.000000\t" + photo;
}

}  // namespace

TEST_CASE("a photo finds itself, then what --like finds") {
  const Photos photos;
  const RunResult image = photos.run({"query", "p1.jpg", "-k", "3"});
  CHECK(image.status == 0);
  CHECK(image.err.empty());
  const auto lines = test::lines_of(image.out);
  REQUIRE(lines.size() == 3);
  CHECK(lines[0] == self_match("p1.jpg"));
  const auto like = test::lines_of(
      photos.Collection::run({"query", "--like", "p1.jpg", "-k", "2"}).out);
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK(test::fields_of(lines[i + 1])[2] == test::fields_of(like[i])[2]);
    CHECK(test::fields_of(lines[i + 1])[3] == test::fields_of(like[i])[3]);
  }
}

TEST_CASE("many photos are answered in order, on any number of threads") {
  const Photos photos;
  std::vector<std::string> command = {"query", "-k", "1"};
  std::string expected;
  for (int i = 0; i < 40; ++i) {
    command.push_back("p" + std::to_string(i % 4) + ".jpg");
    expected += self_match(command.back()) + "\n";
  }
  CHECK(photos.run(command).out == expected);
  command.insert(command.end(), {"-j", "1"});
  CHECK(photos.run(command).out == expected);
}

TEST_CASE("a bad image is an error of that query, the others are answered") {
  const Photos photos;
  photos.write("broken.jpg", "\xFF\xD8\xFF and no more");
  std::filesystem::create_directory(photos.path("none"));
  const RunResult result =
      photos.run({"query", "-k", "1", "p0.jpg", "broken.jpg", "gone.jpg", "",
                  "none", "p1.jpg"});
  CHECK(result.status == 1);
  CHECK(result.out ==
        self_match("p0.jpg") + "\n" + self_match("p1.jpg") + "\n");
  CHECK(contains(result.err, "query: broken.jpg: "));
  CHECK(contains(result.err, "query: gone.jpg: No such file or directory\n"));
  CHECK(contains(result.err, "query: an empty name is not that of an image\n"));
  CHECK(test::lines_of(result.err).size() == 4);
}

TEST_CASE("a program may ask one photo after the other") {
  const Photos photos;
  CoProcess query({"query", "--self", "-", "-k", "1"}, photos.dir().path());
  for (const char* photo : {"p2.jpg", "p0.jpg", "p2.jpg"}) {
    query.write(std::string(photo) + "\n");
    CHECK(query.read_line() == self_match(photo));
    CHECK(query.read_line().empty());
  }
  query.write("gone.jpg\n");
  CHECK(query.read_line().empty());
  CHECK(query.read_error_line() ==
        "query: gone.jpg: No such file or directory");
  query.write("p1.jpg");
  query.close_input();
  CHECK(query.read_line() == self_match("p1.jpg"));
  CHECK(query.wait() == 1);
}

TEST_CASE("paths on standard input may hold newlines with -0") {
  const Photos photos;
  std::filesystem::copy_file(photos.path("p3.jpg"),
                             photos.path("new\nline.jpg"));
  RunOptions input;
  input.input = std::string("new\nline.jpg\0p0.jpg", 19);
  const RunResult result =
      photos.run({"query", "-", "-0", "--json", "-k", "1"}, input);
  CHECK(result.status == 0);
  const auto lines = test::lines_of(result.out);
  REQUIRE(lines.size() == 2);
  CHECK(Json::parse(lines[0])["query"] == "new\nline.jpg");
  CHECK(Json::parse(lines[0])["neighbors"][0]["name"] == "p3.jpg");
  CHECK(Json::parse(lines[1])["query"] == "p0.jpg");
}

TEST_CASE("a path on standard input that holds NUL is an error of its own") {
  const Photos photos;
  RunOptions input;
  input.input = std::string("p0\0.jpg\np1.jpg\n", 15);
  const RunResult result = photos.run({"query", "-", "-k", "1"}, input);
  CHECK(result.status == 1);
  CHECK(result.out == "\n" + self_match("p1.jpg") + "\n\n");
  // A whole list that is read as one path is not repeated.
  CHECK(result.err.find("query: p0: ") != std::string::npos);
}

TEST_CASE("query says so when extract dies") {
  const Photos photos;
  CoProcess query({"query", "-"}, photos.dir().path());
  query.write("p0.jpg\n");
  while (!query.read_line().empty()) {
  }
  ::kill(query.child(), SIGKILL);
  query.write("p1.jpg\n");
  CHECK(query.read_error_line() ==
        "query: extract ended unexpectedly (signal 9)");
  CHECK(query.wait() == 1);
}

TEST_CASE("^C ends a waiting query") {
  const Photos photos;
  CoProcess query({"query", "-"}, photos.dir().path());
  query.write("p0.jpg\n");
  while (!query.read_line().empty()) {
  }
  query.send_signal(SIGINT);
  CHECK(query.read_error_line() == "query: interrupted");
  CHECK(query.wait() == 130);
}

TEST_CASE("query without its extract is an error that says where it belongs") {
  const Photos photos;
  photos.write("alone/query", read_file(test::tool_path("query")));
  REQUIRE(test::run({"/bin/chmod", "+x", photos.path("alone/query")}).status ==
          0);
  const RunResult result = photos.run({photos.path("alone/query"), "p0.jpg"});
  CHECK(result.status == 1);
  CHECK(contains(result.err, "alone/extract"));
  CHECK(photos.run({photos.path("alone/query"), "--id", "0"}).status == 0);
}

TEST_CASE("an index of other weights is refused, and both are named") {
  const Photos photos;
  std::string weights =
      read_file(test::source_path("data/mobilenet_v2_demo.safetensors"));
  weights.back() = static_cast<char>(weights.back() ^ 1);
  photos.write("other.safetensors", weights);
  const RunResult result =
      photos.run({"query", "--weights", "other.safetensors", "p0.jpg"});
  CHECK(result.status == 1);
  CHECK(result.out.empty());
  CHECK(contains(result.err, "mobilenet_v2_demo.safetensors (sha256 "));
  CHECK(contains(result.err, "other.safetensors (sha256 "));

  REQUIRE(
      photos.run({"extract", "-q", "--weights", "other.safetensors", "*.jpg"})
          .status == 0);
  photos.build();
  // Found where extract found them, whatever the working folder is.
  const Collection elsewhere(0);
  const RunResult found = elsewhere.run({"query", "--self", "-i",
                                         photos.path("fvecs.bin.hnsw.index"),
                                         "-k", "1", photos.path("p0.jpg")});
  CHECK(found.status == 0);
  CHECK(found.err.empty());
  CHECK(contains(found.out, "\t1\t1.000000\tp0.jpg\n"));

  const std::string was = photos.path("other.safetensors");
  std::filesystem::rename(was, photos.path("moved"));
  const RunResult lost = photos.run({"query", "p0.jpg"});
  CHECK(lost.status == 1);
  CHECK(lost.out.empty());
  CHECK(test::lines_of(lost.err).size() == 1);
  CHECK(contains(lost.err,
                 "query: fvecs.bin.hnsw.index: made by mobilenet_v2 "
                 "torchvision other.safetensors (sha256 "));
  CHECK(contains(lost.err, "looked at " + was + " (not there), "));
  CHECK(contains(lost.err,
                 ": name the file with --weights or "
                 "IMSEARCH_WEIGHTS\n"));
  CHECK(photos.run({"query", "--weights", "moved", "p0.jpg"}).status == 0);
  RunOptions set;
  set.environment = {"IMSEARCH_WEIGHTS=" + photos.path("moved")};
  CHECK(photos.run({"query", "p0.jpg"}, set).status == 0);
  // Another file in its place is passed over.
  std::filesystem::copy_file(
      test::source_path("data/mobilenet_v2_demo.safetensors"), was);
  CHECK(photos.run({"query", "p0.jpg"}, set).status == 0);
  CHECK(contains(photos.run({"query", "p0.jpg"}).err,
                 "looked at " + was + " (sha256 "));
}

TEST_CASE("weights that are missing never hide a wrong path") {
  const Photos photos;
  const std::string gone = "query: gone.jpg: No such file or directory\n";
  const RunResult both =
      photos.run({"query", "--weights", "absent.h5", "p0.jpg", "gone.jpg"});
  CHECK(both.status == 1);
  CHECK(both.out.empty());
  CHECK(both.err.find(gone + "query: absent.h5: no such weights file") == 0);
  // With no path that could be an image, no network is asked for.
  std::filesystem::create_directory(photos.path("none"));
  const RunResult alone =
      photos.run({"query", "--weights", "absent.h5", "gone.jpg", "none", ""});
  CHECK(alone.status == 1);
  CHECK(alone.err == gone +
                         "query: none: no images in this folder\n"
                         "query: an empty name is not that of an image\n");
  RunOptions input;
  input.input = "gone.jpg\np0.jpg\n";
  const RunResult listed = photos.run({"query", "-", "-k", "1"}, input);
  CHECK(listed.status == 1);
  CHECK(listed.err == gone);
  CHECK(listed.out == "\n" + self_match("p0.jpg") + "\n\n");
}

TEST_CASE("an index that names no model wants weights that are named") {
  const Photos photos;
  std::filesystem::remove(photos.path("fvecs.bin.json"));
  photos.build();
  const RunResult result = photos.run({"query", "p0.jpg", "-k", "1"});
  CHECK(result.status == 1);
  CHECK(result.out.empty());
  CHECK(contains(result.err,
                 "does not say which model made it: name its "
                 "weights by --weights"));
  const RunResult named =
      photos.run({"query", "--weights", "demo", "p0.jpg", "-k", "1"});
  CHECK(named.status == 0);
  CHECK(named.out == self_match("p0.jpg") + "\n");
  CHECK(named.err.empty());
}

TEST_CASE("an index of another dimension is refused") {
  const Photos photos;
  const Collection vectors(20);
  vectors.build();
  const RunResult result =
      photos.run({"query", "--weights", "demo", "-i",
                  vectors.path("fvecs.bin.hnsw.index"), "p0.jpg"});
  CHECK(result.status == 1);
  CHECK(contains(result.err, "rows of 24 floats"));
  CHECK(contains(result.err, "1280"));
}

TEST_CASE("--sheet draws a line for each answer") {
  const Photos photos;
  std::filesystem::remove(photos.path("p3.jpg"));  // a grey tile
  const auto size_of = [&](std::vector<std::string> command) {
    command.insert(command.begin(), {"query", "--sheet", "sheet.jpg"});
    photos.run(command);
    const Image sheet = decode_image(photos.read("sheet.jpg"), "sheet.jpg");
    return std::pair(sheet.width, sheet.height);
  };
  const auto one = size_of({"p0.jpg", "-k", "2"});
  const auto wider = size_of({"p0.jpg", "-k", "4"});
  const auto higher = size_of({"p0.jpg", "gone.jpg", "--id", "3", "-k", "4"});
  CHECK(wider.first > one.first + 400);
  CHECK(wider.second == one.second);
  CHECK(higher.first == wider.first);
  CHECK(higher.second > wider.second + 200);
}

TEST_CASE("a sheet that cannot be written leaves nothing half written") {
  const Photos photos;
  const std::string older = with_own_mark("\xFF\xD8\xFF an older sheet");
  photos.write("sheet.jpg", older);
  const auto files = photos.files();
  RunOptions limited;
  limited.max_file_bytes = 2000;
  const RunResult small = photos.run(
      {"query", "--id", "0", "-k", "2", "--sheet", "sheet.jpg"}, limited);
  CHECK(small.status == 1);
  CHECK(contains(small.err, "sheet.jpg: "));
  CHECK(photos.read("sheet.jpg") == older);
  CHECK(photos.files() == files);
  const RunResult full =
      photos.run({"query", "--id", "0", "--sheet", "/dev/full"});
  CHECK(full.status == 1);
  CHECK(contains(full.err, "/dev/full: No space left on device"));
}

TEST_CASE("a sheet never replaces a picture that it shows") {
  const Photos photos;
  const std::string photo = photos.read("p0.jpg");
  const RunResult query =
      photos.run({"query", "p0.jpg", "--sheet", "./p0.jpg"});
  CHECK(query.status != 0);
  CHECK(contains(query.err, "./p0.jpg"));
  CHECK(photos.read("p0.jpg") == photo);
  const RunResult neighbour =
      photos.run({"query", "p1.jpg", "-k", "99", "--sheet", "./p0.jpg"});
  CHECK(neighbour.status == 2);
  CHECK(contains(neighbour.err,
                 "--sheet ./p0.jpg: this file is there, and is not a "
                 "sheet that imsearch made"));
  CHECK(photos.read("p0.jpg") == photo);
}

TEST_CASE("a sheet of too many pixels is refused with a remedy") {
  const Collection collection(300);
  collection.build();
  const RunResult result = collection.run(
      {"query", "--vectors", "fvecs.bin", "-k", "9", "--sheet", "sheet.jpg"});
  CHECK(result.status == 1);
  CHECK(test::lines_of(result.out).size() == 2700);
  CHECK(contains(result.err, "draw fewer queries or neighbours"));
  CHECK(collection.files().size() == 4);
}

TEST_CASE("an empty line is answered as an error with its number") {
  const Photos photos;
  RunOptions input;
  input.input = "p0.jpg\n\np1.jpg\n";
  const RunResult result = photos.run({"query", "-", "-k", "1"}, input);
  CHECK(result.status == 1);
  CHECK(result.out ==
        self_match("p0.jpg") + "\n\n\n" + self_match("p1.jpg") + "\n\n");
  CHECK(result.err == "query: standard input: line 2 is empty\n");
}

TEST_SUITE_END();
