// build-index on good and bad input.
#include "cli/co_process.h"
#include "cli/collection.h"
#include "io/file.h"
#include "io/sidecar.h"
#include "support/contains.h"

#include <doctest/doctest.h>

#include <csignal>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

TEST_SUITE_BEGIN("cli");

using namespace imsearch;
using imsearch::test::contains;
using test::Collection;
using test::RunOptions;
using test::RunResult;

namespace {

constexpr std::size_t kDim = Collection::kDim;

/// The names that `query` finds nearest to each row, which are the rows
/// themselves: what the index says that each row is called.
std::vector<std::string> names_in_index(const Collection& collection,
                                        const std::string& vectors,
                                        const std::string& index) {
  const RunResult result =
      collection.run({"query", "-i", index, "--vectors", vectors, "-k", "1"});
  CHECK(result.err == "");
  std::vector<std::string> names;
  for (const std::string& line : test::lines_of(result.out))
    names.push_back(test::fields_of(line)[3]);
  return names;
}

/// As the system tells it, in bytes.
std::size_t available_memory() {
  std::istringstream lines(read_file("/proc/meminfo"));
  for (std::string line; std::getline(lines, line);)
    if (line.rfind("MemAvailable:", 0) == 0)
      return std::stoul(line.substr(13)) * 1024;
  return 0;
}

Sidecar sidecar_of(std::size_t dim, const std::string& weights) {
  Sidecar sidecar;
  sidecar.dim = dim;
  sidecar.model.architecture = "mobilenet_v2";
  sidecar.model.weights = weights;
  sidecar.model.weights_sha256 = std::string(64, weights[0]);
  return sidecar;
}

}  // namespace

TEST_CASE("without options fvecs.bin and fnames.txt become an index") {
  const Collection collection(50);
  const RunResult result = collection.run({"build-index"});
  CHECK(result.status == 0);
  CHECK(result.out.empty());
  CHECK(contains(result.err, "50 rows of 24 floats: needs "));
  CHECK(contains(result.err, "fvecs.bin.hnsw.index: 50 rows, unknown model"));
  CHECK(collection.files() ==
        std::vector<std::string>{"fnames.txt", "fvecs.bin",
                                 "fvecs.bin.hnsw.index", "fvecs.bin.json"});
  const auto names =
      names_in_index(collection, "fvecs.bin", "fvecs.bin.hnsw.index");
  REQUIRE(names.size() == 50);
  CHECK(names[0] == "0.jpg");
  CHECK(names[49] == "49.jpg");
}

TEST_CASE("a format is one of those there are") {
  const Collection collection(5);
  const RunResult result = collection.run({"build-index", "--format", "faiss"});
  CHECK(result.status == 2);
  CHECK(contains(result.err, "is not one of imsearch, hnswlib"));
}

TEST_CASE("--quiet leaves nothing to say") {
  const Collection collection(20);
  const RunResult result = collection.run({"build-index", "-q"});
  CHECK(result.status == 0);
  CHECK(result.err.empty());
}

TEST_CASE("one thread makes the same file again") {
  const Collection collection(300);
  collection.build({"-j", "1", "-o", "a"});
  collection.build({"-j", "1", "-o", "b"});
  collection.build({"-j", "1", "-o", "c", "--seed", "7"});
  CHECK(collection.read("a") == collection.read("b"));
  CHECK(collection.read("a") != collection.read("c"));
}

TEST_CASE("several files of vectors are joined, each with its names") {
  const Collection collection(0);
  const std::string first = test::clustered_vectors(20, kDim, 1);
  const std::string second = test::clustered_vectors(30, kDim, 2);
  collection.write("a/fvecs.bin", first);
  collection.write("a/fnames.txt", test::numbered_names(20, "a"));
  collection.write("b/fvecs.bin", second);
  collection.write("b/fnames.txt", test::numbered_names(30, "b"));
  collection.write("joined.bin", first + second);
  collection.build({"a/fvecs.bin", "b/fvecs.bin", "--dim", "24", "-o", "ab"});
  const auto names = names_in_index(collection, "joined.bin", "ab");
  REQUIRE(names.size() == 50);
  CHECK(names[19] == "a19.jpg");
  CHECK(names[20] == "b0.jpg");
  CHECK(names[49] == "b29.jpg");
}

TEST_CASE("vectors of another program bring their own dimension") {
  const Collection collection(0);
  const std::string rows = test::clustered_vectors(20, kDim, 1);
  const std::uint32_t header[2] = {20, kDim};
  collection.write(
      "base.fbin",
      std::string(reinterpret_cast<const char*>(header), 8) + rows);
  collection.write("names", test::numbered_names(20));
  collection.build({"base.fbin", "-n", "names"});
  CHECK(names_in_index(collection, "base.fbin", "base.fbin.hnsw.index")[7] ==
        "7.jpg");
}

TEST_CASE("names keep every byte") {
  const Collection collection(4);
  const std::string names =
      std::string("tab\there\0new\nline\0caf\xE9\0back\\slash\0", 34);
  collection.write("names", names);
  collection.build({"-0", "-n", "names"});
  CHECK(names_in_index(collection, "fvecs.bin", "fvecs.bin.hnsw.index") ==
        std::vector<std::string>{"tab\\there", "new\\nline", "caf\xE9",
                                 "back\\\\slash"});
}

TEST_CASE("fewer names than rows is an error with both numbers") {
  const Collection collection(50);
  collection.build();
  const std::string older = collection.read("fvecs.bin.hnsw.index");
  collection.write("fnames.txt", test::numbered_names(49));
  const RunResult result = collection.run({"build-index"});
  CHECK(result.status == 1);
  CHECK(
      result.err ==
      "build-index: fnames.txt: 49 names for the 50 rows of fvecs.bin: -n says "
      "where theirs are, -0 reads names that end with NUL\n");
  CHECK(collection.read("fvecs.bin.hnsw.index") == older);
  CHECK(collection.files().size() == 4);
}

TEST_CASE("a file of names for each file of vectors, or none at all") {
  const Collection collection(5);
  const RunResult result = collection.run(
      {"build-index", "fvecs.bin", "fvecs.bin", "-n", "fnames.txt"});
  CHECK(result.status == 2);
  CHECK(contains(result.err, "1 file of names (-n) for 2 files of vectors"));
}

TEST_CASE("names of a shard are found, those of another name must be told") {
  const Collection collection(30);
  for (const char* file : {"fvecs.bin", "fnames.txt"})
    collection.write(file + std::string(".1-of-2"), collection.read(file));
  const RunResult shard =
      collection.run({"build-index", "-q", "fvecs.bin.1-of-2", "--dim", "24"});
  CAPTURE(shard.err);
  CHECK(shard.status == 0);
  collection.write("b.bin", collection.read("fvecs.bin"));
  const RunResult other =
      collection.run({"build-index", "b.bin", "--dim", "24"});
  CHECK(other.status == 1);
  CHECK(other.err == "build-index: b.bin: -n says where its names are\n");
}

TEST_CASE("names that end with NUL are told to need -0") {
  const Collection collection(30);
  collection.write("fnames.txt", test::numbered_names(30, "", '\0'));
  const RunResult result = collection.run({"build-index"});
  CHECK(result.status == 1);
  CHECK(contains(result.err,
                 "fnames.txt: name 1 holds a NUL byte: names that end with "
                 "NUL, as find -print0 prints them, are read with -0\n"));
}

TEST_CASE("missing vectors and names are told with a remedy") {
  const Collection collection(5);
  CHECK(contains(collection.run({"build-index", "other.bin"}).err,
                 "other.bin: no such file: extract makes one"));
  CHECK(contains(collection.run({"build-index", "-n", "other.txt"}).err,
                 "other.txt: no such file: -n says where"));
}

TEST_CASE("a size that is not a whole number of rows is an error") {
  const Collection collection(5);
  collection.write("fvecs.bin", std::string(5 * kDim * 4 + 2, '\0'));
  const RunResult result = collection.run({"build-index"});
  CHECK(result.status == 1);
  CHECK(contains(result.err, "fvecs.bin: 482 bytes"));
  CHECK(collection.files().size() == 3);
}

TEST_CASE("NaN and infinity are errors that name the row") {
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(),
                          -std::numeric_limits<float>::infinity()}) {
    const Collection collection(50);
    std::string vectors = collection.read("fvecs.bin");
    vectors.replace(37 * kDim * 4 + 8, 4, test::float_bytes({bad}));
    collection.write("fvecs.bin", vectors);
    const RunResult result = collection.run({"build-index"});
    CHECK(result.status == 1);
    CHECK(contains(result.err, "fvecs.bin: row 37"));
    CHECK(collection.files().size() == 3);
  }
}

TEST_CASE("a row of zeros can be indexed and found") {
  const Collection collection(50);
  std::string vectors = collection.read("fvecs.bin");
  vectors.replace(7 * kDim * 4, kDim * 4, kDim * 4, '\0');
  collection.write("fvecs.bin", vectors);
  collection.build();
  const RunResult result = collection.run({"query", "--id", "7", "-k", "3"});
  CHECK(result.status == 0);
  for (const std::string& line : test::lines_of(result.out))
    CHECK(test::fields_of(line)[2] == "0.500000");
}

TEST_CASE("vectors of different models are not mixed") {
  const Collection collection(0);
  for (const std::string name : {"a", "b"}) {
    collection.write(name + "/fvecs.bin", test::clustered_vectors(5, kDim, 1));
    collection.write(name + "/fvecs.bin.json", to_json(sidecar_of(kDim, name)));
    collection.write(name + "/fnames.txt", test::numbered_names(5));
  }
  const RunResult result =
      collection.run({"build-index", "a/fvecs.bin", "b/fvecs.bin"});
  CHECK(result.status == 1);
  CHECK(contains(result.err, "b/fvecs.bin.json: made by mobilenet_v2 "));
  CHECK(contains(result.err, "but a/fvecs.bin.json by mobilenet_v2 "));

  collection.write("b/fvecs.bin.json", to_json(sidecar_of(kDim / 2, "a")));
  CHECK(contains(
      collection.run({"build-index", "a/fvecs.bin", "b/fvecs.bin"}).err,
      "b/fvecs.bin.json: rows of 12 floats, but a/fvecs.bin.json has 24"));
}

TEST_CASE("--dim does not overrule a sidecar") {
  const Collection collection(6);
  const RunResult result = collection.run({"build-index", "--dim", "12"});
  CHECK(result.status == 1);
  CHECK(contains(result.err,
                 "fvecs.bin.json: rows of 24 floats, but --dim has 12"));
}

TEST_CASE("the output never replaces an input") {
  const Collection collection(5);
  const std::string vectors = collection.read("fvecs.bin");
  const std::string names = collection.read("fnames.txt");
  for (const char* input : {"fvecs.bin", "./fnames.txt"}) {
    const RunResult result = collection.run({"build-index", "-o", input});
    CHECK(result.status == 2);
    CHECK(contains(result.err, "would replace an input"));
  }
  CHECK(collection.read("fvecs.bin") == vectors);
  CHECK(collection.read("fnames.txt") == names);
}

TEST_CASE("a full disk leaves nothing, and an older index as it was") {
  const Collection collection(200);
  collection.build({"-M", "8"});
  const std::string older = collection.read("fvecs.bin.hnsw.index");
  RunOptions limited;
  limited.max_file_bytes = 20000;
  const RunResult result = collection.run({"build-index"}, limited);
  CHECK(result.status == 1);
  CHECK(contains(result.err, "fvecs.bin.hnsw.index"));
  CHECK(contains(result.err, "File too large"));
  CHECK(collection.read("fvecs.bin.hnsw.index") == older);
  CHECK(collection.files().size() == 4);

  const RunResult device = collection.run({"build-index", "-o", "/dev/full"});
  CHECK(device.status == 1);
  CHECK(contains(device.err, "/dev/full: No space left on device"));
}

TEST_CASE("a folder that is not writable is an error") {
  const Collection collection(5);
  const RunResult result =
      collection.run({"build-index", "-o", "nowhere/index"});
  CHECK(result.status == 1);
  CHECK(contains(result.err, "nowhere"));
}

TEST_CASE("^C leaves nothing, and an older index as it was") {
  const Collection collection(40000);
  const std::string older = std::string(24, '\0') + "hnswlib's, of no rows";
  collection.write("fvecs.bin.hnsw.index", older);
  for (const int signal : {SIGINT, SIGTERM}) {
    test::CoProcess build({"build-index", "--ef-construction", "1000"},
                          collection.dir().path());
    CHECK(contains(build.read_error_line(), "40,000 rows of 24 floats"));
    build.send_signal(signal);
    CHECK(build.read_error_line() == "build-index: interrupted");
    CHECK(build.wait() == 128 + signal);
    CHECK(collection.read("fvecs.bin.hnsw.index") == older);
    CHECK(collection.files().size() == 4);
  }
}

TEST_CASE("a build that memory cannot hold is refused before it starts") {
  const std::size_t available = available_memory();
  if (available > std::size_t{100} << 30)
    return;  // the names would be too many
  // A row of 512 links takes more than 4 kB; its vector and its name here, a
  // byte or four.
  const std::size_t rows = available / 4000 * 3 / 2;
  const Collection collection(0);
  collection.write("names", std::string(rows, '\n'));
  std::filesystem::resize_file(collection.write("vectors", ""), rows * 4);
  const RunResult result = collection.run(
      {"build-index", "vectors", "--dim", "1", "-n", "names", "-M", "512"});
  CHECK(result.status == 1);
  CHECK(contains(result.err, "build-index: not enough memory: "));
  CHECK(contains(result.err, "a smaller -M needs less"));
  CHECK(collection.files().size() == 2);
}

TEST_CASE("too little disk is refused before the work") {
  if (!test::can_have_small_disk()) {
    MESSAGE("not tested: no file system may be mounted here");
    return;
  }
  const Collection collection(500);
  test::RunOptions options;
  options.small_disk = collection.path("small");
  std::filesystem::create_directory(options.small_disk);
  const RunResult result =
      collection.run({"build-index", "-o", "small/index"}, options);
  CHECK(result.status == 1);
  CHECK(contains(result.err, "small/index: not enough disk: "));
  CHECK(contains(result.err, "66 kB free: -o puts the index elsewhere"));
}

TEST_CASE("--verify tells good indexes") {
  const Collection collection(50);
  collection.build();
  collection.build({"-M", "8", "-o", "other"});
  const RunResult alone = collection.run({"build-index", "--verify"});
  CHECK(alone.status == 0);
  CHECK(alone.err.empty());
  CHECK(alone.out ==
        "fvecs.bin.hnsw.index\tgood\t50 rows of 24 floats\tM 48\t"
        "unknown model\n");
  const RunResult both = collection.run(
      {"build-index", "--verify", "fvecs.bin.hnsw.index", "other"});
  CHECK(test::lines_of(both.out).size() == 2);
}

TEST_CASE("--verify goes on behind a bad index, and names are escaped") {
  const Collection collection(30);
  collection.build({"-o", "a\tb.index"});
  collection.build({"-o", "last.index"});
  collection.write("bad.index", "no index");
  const RunResult result = collection.run(
      {"build-index", "--verify", "a\tb.index", "bad.index", "last.index"});
  CHECK(result.status == 1);
  const auto lines = test::lines_of(result.out);
  REQUIRE(lines.size() == 2);
  CHECK(test::fields_of(lines[0])[0] == "a\\tb.index");
  CHECK(test::fields_of(lines[1])[0] == "last.index");
  CHECK(contains(result.err, "build-index: bad.index: "));
}

TEST_CASE("--verify goes without the options of building") {
  const Collection collection(5);
  for (const std::vector<std::string>& option :
       std::vector<std::vector<std::string>>{{"-n", "fnames.txt"},
                                             {"-o", "x"},
                                             {"--dim", "24"},
                                             {"-M", "8"},
                                             {"--ef-construction", "10"},
                                             {"--seed", "1"},
                                             {"-j", "1"},
                                             {"-0"}}) {
    std::vector<std::string> command = {"build-index", "--verify"};
    command.insert(command.end(), option.begin(), option.end());
    CAPTURE(option[0]);
    CHECK(collection.run(command).status == 2);
  }
}

TEST_SUITE_END();
