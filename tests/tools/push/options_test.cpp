// The index that push's options ask for, and whether it is the one there.
#include "push/options.h"

#include "base/error.h"
#include "common/cli.h"
#include "support/contains.h"

#include <doctest/doctest.h>
#include <CLI/CLI.hpp>

#include <string>

TEST_SUITE_BEGIN("tools");

using namespace imsearch;
using imsearch::test::contains;

namespace {

/// The words behind the URL.
PushOptions read(const std::string& words) {
  CLI::App app;
  PushOptions options;
  options.add_to(app);
  app.parse("http://host:9200/index " + words);
  options.check();
  return options;
}

ServiceInfo opensearch(const std::string& build_type) {
  ServiceInfo service;
  service.version = "2.19.6";
  service.build_type = build_type;
  return service;
}

ServiceInfo elasticsearch() {
  ServiceInfo service;
  service.kind = ServiceKind::kElasticsearch;
  service.version = "8.19.0";
  return service;
}

template <typename Body>
std::string told(const Body& body) {
  try {
    body();
  } catch (const Error& e) {
    return e.what();
  }
  return "";
}

}  // namespace

TEST_CASE("faiss is taken only where the service is packaged with it") {
  const PushOptions any = read("");
  for (const char* type : {"tar", "rpm", "deb", "docker"})
    CHECK(choose_engine(any, opensearch(type)).engine == "faiss");
  CHECK(choose_engine(any, opensearch("tar")).reason ==
        "tar packages bring it");
  CHECK(choose_engine(any, opensearch("zip")).engine == "lucene");
  CHECK(choose_engine(any, opensearch("zip")).reason ==
        "the build is a bare zip, which may lack faiss's library");
  CHECK(choose_engine(any, opensearch("")).engine == "lucene");
  CHECK(choose_engine(any, opensearch("")).reason ==
        "the service does not say how it was packaged");
}

TEST_CASE("an engine that is asked for is taken, faiss only if it is there") {
  CHECK(choose_engine(read("--engine lucene"), opensearch("tar")).engine ==
        "lucene");
  CHECK(choose_engine(read("--engine faiss"), opensearch("deb")).reason ==
        "as asked");
  const std::string text =
      told([] { choose_engine(read("--engine faiss"), opensearch("zip")); });
  CHECK(contains(text, "OpenSearch 2.19.6: its build ('zip') may lack"));
  CHECK(
      choose_engine(read("--engine faiss --force"), opensearch("zip")).engine ==
      "faiss");
}

TEST_CASE("Elasticsearch has one engine, and is not asked for it") {
  CHECK(choose_engine(read(""), elasticsearch()).engine == "lucene");
  CHECK_THROWS_AS(choose_engine(read("--engine lucene"), elasticsearch()),
                  cli::UsageError);
}

TEST_CASE("a new index is as the options say, and by default otherwise") {
  const IndexSpec plain = wanted_spec(read(""), "lucene", 1280);
  CHECK(plain.dim == 1280);
  CHECK(plain.engine == "lucene");
  CHECK(plain.space == Space::kCosine);
  CHECK(plain.M == 48);
  CHECK(plain.ef_construction == 128);
  CHECK(plain.ef == 256);
  CHECK(plain.compression == 1);
  CHECK(plain.shards == 0);  // as the plan finds
  CHECK(plain.replicas == 0);

  const IndexSpec given =
      wanted_spec(read("--space l2 -M 16 --ef-construction 100 --ef 64 "
                       "--compression 32x --shards 3 --replicas 2"),
                  "faiss", 4);
  CHECK(given.engine == "faiss");
  CHECK(given.space == Space::kL2);
  CHECK(given.M == 16);
  CHECK(given.ef_construction == 100);
  CHECK(given.ef == 64);
  CHECK(given.compression == 32);
  CHECK(given.shards == 3);
  CHECK(given.replicas == 2);
  CHECK(wanted_spec(read("--compression none"), "faiss", 4).compression == 1);
}

TEST_CASE("what options leave open is as the index was made") {
  IndexSpec stored;
  stored.engine = "faiss";
  stored.space = Space::kL2;
  stored.M = 16;
  stored.compression = 8;
  stored.shards = 3;
  CHECK_NOTHROW(check_same_spec(read(""), stored, "here"));
  CHECK_NOTHROW(check_same_spec(
      read("--engine faiss --space l2 -M 16 --compression 8x --shards 3"),
      stored, "here"));
  // Replicas are changed at any time.
  CHECK_NOTHROW(check_same_spec(read("--replicas 2"), stored, "here"));
}

TEST_CASE("an option that the index was not made with is told with both") {
  const IndexSpec stored;
  const auto difference = [&stored](const std::string& words) {
    return told([&] { check_same_spec(read(words), stored, "here"); });
  };
  CHECK(difference("-M 16") ==
        "here: was made with M 48, not 16: leave the option out, or push to "
        "another index");
  CHECK(contains(difference("--engine faiss"), "engine lucene, not faiss"));
  CHECK(contains(difference("--space l2"), "space cosine, not l2"));
  CHECK(contains(difference("--ef-construction 99"),
                 "efConstruction 128, not 99"));
  CHECK(contains(difference("--ef 99"), "ef 256, not 99"));
  CHECK(contains(difference("--compression 4x"), "compression none, not 4x"));
  CHECK(contains(difference("--shards 2"), "shards 1, not 2"));
}

TEST_CASE("an index must be named, and the message shows how") {
  CLI::App app;
  PushOptions options;
  options.add_to(app);
  CHECK(contains(told([&] { app.parse(""); }),
                 "its URL comes first, such as http://localhost:9200/photos"));
}

TEST_CASE("a run that deletes loads nothing") {
  CHECK_NOTHROW(read("--delete names"));
  CHECK_NOTHROW(read("--delete names -0 -q --force"));
  for (const std::string words :
       {"fvecs.bin", "-n names", "--dim 4", "--plan", "--engine lucene",
        "--space l2", "-M 16", "--ef-construction 100", "--ef 64",
        "--compression 4x", "--shards 2", "--replicas 0"}) {
    CAPTURE(words);
    CHECK_THROWS_AS(read(words + " --delete names"), cli::UsageError);
  }
}

TEST_CASE("numbers of an index are within what services take") {
  CHECK_NOTHROW(read("--ef-construction 3200 --ef 10000 --shards 1024"));
  CHECK_NOTHROW(read("--retry-for 0.5 --connections 64 --replicas 16"));
  for (const std::string words :
       {"-M 1", "--ef-construction 3201", "--ef 1", "--ef 10001", "--shards 0",
        "--shards 1025", "--replicas 17", "--connections 0", "--connections 65",
        "--retry-for -1", "--retry-for 86401", "--compression 2x",
        "--engine nmslib", "--space dot"}) {
    CAPTURE(words);
    CHECK_THROWS_AS(read(words), CLI::ValidationError);
  }
}
