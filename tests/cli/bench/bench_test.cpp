// bench: that it measures, not what.
#include "cli/collection.h"
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
using test::RunOptions;
using test::RunResult;
using Json = nlohmann::json;

namespace {

Json measured(const Collection& collection, std::vector<std::string> options) {
  options.insert(options.begin(), {"bench", "--json"});
  const RunResult result = collection.run(options);
  CAPTURE(result.err);
  REQUIRE(result.status == 0);
  return Json::parse(result.out);
}

RunOptions temporaries_in(const Collection& collection) {
  RunOptions options;
  options.environment = {"TMPDIR=" + collection.dir().path()};
  return options;
}

}  // namespace

TEST_CASE("the figures say what was measured, and on what") {
  const Collection collection(2000);
  collection.build();
  const Json report = measured(
      collection, {"-k", "5", "--ef", "20", "--samples", "300", "-j", "3"});
  CHECK(report["rows"] == 2000);
  CHECK(report["dim"] == 24);
  CHECK(report["queries"] == 300);
  CHECK(report["k"] == 5);
  CHECK(report["ef"] == 20);
  CHECK(report["access"] == "mapped");
  CHECK(report["index"] == "fvecs.bin.hnsw.index");
  for (const char* name : {"cpu", "kernels", "build"})
    CHECK_FALSE(report[name].get<std::string>().empty());
  CHECK(report["open_ms"] > 0);
  const Json& latency = report["latency_us"];
  CHECK(latency["mean"] > 0);
  CHECK(latency["p50"] <= latency["p95"]);
  CHECK(latency["p95"] <= latency["p99"]);
  const Json& throughput = report["throughput_per_s"];
  CHECK(throughput.size() == 3);  // on 1, 2 and 3 threads
  for (const char* threads : {"1", "2", "3"}) CHECK(throughput[threads] > 0);
}

TEST_CASE("memory is told apart by file") {
  const Collection collection(2000);
  collection.build();
  const auto index_bytes =
      std::filesystem::file_size(collection.path("fvecs.bin.hnsw.index"));
  const Json memory = measured(collection, {})["memory_bytes"];
  const auto bytes = [&](const char* name) {
    return memory[name].get<std::size_t>();
  };
  CHECK(bytes("start") > 0);
  CHECK(bytes("start") < bytes("total"));
  CHECK(bytes("vectors") > 0);
  CHECK(bytes("vectors") <= 2000 * Collection::kDim * 4 + 4096);
  CHECK(bytes("index") > 0);
  CHECK(bytes("index") <= index_bytes + 4096);
  CHECK(bytes("total") == bytes("vectors") + bytes("index") + bytes("other"));
}

TEST_CASE("that the vectors are gone is said") {
  const Collection collection(50);
  collection.build();
  CHECK(collection.run({"bench", "--samples", "5"}).err.empty());
  std::filesystem::remove(collection.path("fvecs.bin"));
  const RunResult result = collection.run({"bench", "--samples", "5"});
  CHECK(result.status == 0);
  CHECK(contains(result.err, "fvecs.bin"));
  CHECK(contains(result.err, "8-bit codes alone"));
}

TEST_CASE("-q leaves remarks away, as it does in every tool") {
  const Collection collection(50);
  collection.build();
  const std::vector<std::string> loud = {"bench", "--samples", "5", "--ef",
                                         "2",     "-k",        "9"};
  CHECK(contains(collection.run(loud).err, "ef"));
  std::vector<std::string> quiet = loud;
  quiet.emplace_back("-q");
  const RunResult result = collection.run(quiet);
  CHECK(result.status == 0);
  CHECK(result.err.empty());
  CHECK(collection.run({"bench", "extract", "-q"}).err ==
        "bench: images: none is given\nbench: try 'bench --help'\n");
}

TEST_CASE("--load copies the index into memory") {
  const Collection collection(2000);
  collection.build();
  const auto index_bytes =
      std::filesystem::file_size(collection.path("fvecs.bin.hnsw.index"));
  const Json report = measured(collection, {"--load"});
  CHECK(report["access"] == "loaded");
  // Not a second time as pages of the file.
  CHECK(report["memory_bytes"]["index"] < index_bytes / 2);
  CHECK(report["latency_us"]["mean"] > 0);
}

TEST_CASE("the kernel table is the one that was forced") {
  const Collection collection(100);
  collection.build();
  RunOptions scalar;
  scalar.environment = {"IMSEARCH_SIMD=scalar"};
  const RunResult result = collection.run({"bench"}, scalar);
  CHECK(result.status == 0);
  CHECK(contains(result.out, "kernels\tscalar\n"));
  CHECK(contains(result.out, "\nlatency_us.p50\t"));
  CHECK(contains(result.out, "\nthroughput_per_s.1\t"));
  scalar.environment = {"IMSEARCH_SIMD=abacus"};
  CHECK(collection.run({"bench"}, scalar).status == 1);
}

TEST_CASE("queries may come from a file") {
  const Collection collection(100);
  collection.build();
  collection.write("q.bin", test::clustered_vectors(7, Collection::kDim, 3));
  CHECK(measured(collection, {"--vectors", "q.bin"})["queries"] == 7);
}

TEST_CASE("bench extract reports extract's own stages") {
  const Collection collection(0);
  const RunResult result =
      collection.run({"bench", "extract", "--json", "-j", "2",
                      test::source_path("data/photos/hat") + "/*.jpg"},
                     temporaries_in(collection));
  CAPTURE(result.err);
  REQUIRE(result.status == 0);
  const Json report = Json::parse(result.out);
  CHECK(report["images"] >= 4);
  CHECK(report["bad"] == 0);
  CHECK(report["dim"] == 1280);
  CHECK(report["images_per_s"] > 0);
  CHECK(report["decode_s"] > 0);
  CHECK(report["network_s"] > 0);
  CHECK(report["wait_s"] >= 0);
  CHECK(collection.files().empty());
}

TEST_CASE("bench extract --network runs the network alone") {
  const Collection collection(0);
  collection.write("bad.jpg", "no picture");
  for (const char* engine : {"onednn", "torch"}) {
    if (engine == std::string("torch") && !test::has_libtorch()) continue;
    const RunResult result = collection.run(
        {"bench", "extract", "--network", "--json", "-j", "2", "--engine",
         engine, "bad.jpg", test::source_path("data/photos/hat") + "/*.jpg"},
        temporaries_in(collection));
    CAPTURE(result.err);
    REQUIRE(result.status == 0);
    CHECK(contains(result.err, "extract: bad.jpg: not an image"));
    const Json report = Json::parse(result.out);
    CHECK(report["inputs"] == 8);
    CHECK(report["bad"] == 1);
    CHECK(report["threads"] == 2);
    CHECK(report["engine"] == engine);
    CHECK(report["images"] >= 16);  // each input, on each thread
    CHECK(report["seconds"] >= 2.0);
    CHECK(report["images_per_s"] > 0);
    CHECK(report["cpu_s"] > 0);
    CHECK(report["peak_memory_bytes"] > 1'000'000);
    CHECK(report["model"]["input_size"] == 128);
    CHECK_FALSE(report.contains("decode_s"));
    CHECK(collection.files() == std::vector<std::string>{"bad.jpg"});
  }
}

TEST_CASE("a signal to bench alone ends extract, too, and leaves nothing") {
  const Collection collection(0);
  const test::TempDir temporary;
  // Far more images than are done before the signal comes.
  std::vector<std::string> command = {"bench", "extract", "-j", "1"};
  const std::string photos = test::source_path("data/photos");
  command.insert(command.end(), 400, photos);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    CAPTURE(signal);
    RunOptions options;
    options.environment = {"TMPDIR=" + temporary.path()};
    options.interrupt_signal = signal;
    options.interrupt_when = [&] {
      for (const auto& entry :
           std::filesystem::recursive_directory_iterator(temporary.path()))
        if (entry.path().filename() == "fvecs.bin.part" &&
            entry.file_size() > 0)
          return true;
      return false;
    };
    const RunResult result = collection.run(command, options);
    CHECK(result.status == 128 + signal);
    CHECK(result.out.empty());
    CHECK(contains(result.err, "bench: interrupted"));
    CHECK(std::filesystem::is_empty(temporary.path()));
  }
}

TEST_CASE("bench extract fails where extract fails, and leaves nothing") {
  const Collection collection(0);
  const RunResult result = collection.run({"bench", "extract", "nowhere.jpg"},
                                          temporaries_in(collection));
  CHECK(result.status == 1);
  CHECK(result.out.empty());
  CHECK(contains(result.err, "extract: nowhere.jpg: "));
  CHECK(!contains(result.err, "failed with exit code"));
  CHECK(collection.files().empty());
  CHECK(collection.run({"bench", "extract"}).status == 2);
}

TEST_SUITE_END();
