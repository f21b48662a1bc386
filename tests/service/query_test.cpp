// query, eval-recall and bench with --url, against the same index as a file.
#include "cli/co_process.h"
#include "cli/collection.h"
#include "io/sidecar.h"
#include "service/pushed_collection.h"
#include "service/service.h"
#include "support/contains.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cmath>
#include <string>
#include <vector>

using imsearch::test::Collection;
using imsearch::test::contains;
using imsearch::test::CoProcess;
using imsearch::test::fields_of;
using imsearch::test::lines_of;
using imsearch::test::PushedCollection;
using imsearch::test::RemoteIndex;
using imsearch::test::RunResult;
using imsearch::test::Service;
using nlohmann::json;

namespace {

using Options = std::vector<std::string>;

constexpr std::size_t kRows = PushedCollection::kRows;
constexpr std::size_t kRowBytes = Collection::kDim * sizeof(float);

/// Pushed once, for tests that change nothing.
const PushedCollection& pushed() {
  static const PushedCollection kPushed;
  return kPushed;
}

/// The same lines, but for the last digit of similarities.
void check_same_answers(const RunResult& file, const RunResult& service) {
  CAPTURE(service.err);
  CHECK(service.status == file.status);
  const auto wanted = lines_of(file.out);
  const auto found = lines_of(service.out);
  REQUIRE(found.size() == wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const auto want = fields_of(wanted[i]);
    const auto find = fields_of(found[i]);
    REQUIRE(find.size() == want.size());
    CHECK(find[0] == want[0]);
    CHECK(find[1] == want[1]);
    CHECK(find[3] == want[3]);
    CHECK(std::fabs(std::stod(find[2]) - std::stod(want[2])) < 3e-6);
  }
}

}  // namespace

TEST_SUITE("service") {
  TEST_CASE("rows, names and vectors find what they find in a file") {
    for (const char* space : {"cosine", "l2", "innerproduct"}) {
      CAPTURE(space);
      const PushedCollection both({"--space", space});
      both.files().write(
          "q.bin", imsearch::test::clustered_vectors(20, Collection::kDim, 7));
      for (const Options& options : std::vector<Options>{
               {"--id", "17", "--id", "399", "--like", "7.jpg"},
               {"--vectors", "q.bin", "-k", "25"},
               {"--vectors", "fvecs.bin", "-k", "1"},
               {"--id", "5", "-k", "400", "--ef", "400"},
               {"--id", "5", "--threshold", "0.7"}}) {
        Options command = {"query"};
        command.insert(command.end(), options.begin(), options.end());
        check_same_answers(both.at_file(command), both.at_service(command));
      }
    }
  }

  TEST_CASE("what cannot be asked is an error, the rest is answered") {
    const PushedCollection& both = pushed();
    std::string queries = both.files().read("fvecs.bin").substr(0, kRowBytes);
    queries += std::string(kRowBytes, '\0');
    both.files().write("q.bin", queries);
    const RunResult result =
        both.at_service({"query", "--id", "400", "--like", "none.jpg",
                         "--vectors", "q.bin", "-k", "1"});
    CHECK(result.status == 1);
    CHECK(result.out == "0\t1\t1.000000\t0.jpg\n");
    CHECK(contains(result.err, "400: no such row: " + both.index().url()));
    CHECK(contains(result.err, "none.jpg: no image of that name"));
    CHECK(contains(result.err, "1: all zeros"));
  }

  TEST_CASE("l2 compares zeros as an index file does") {
    const PushedCollection both({"--space", "l2"});
    both.files().write("q.bin", std::string(kRowBytes, '\0'));
    const RunResult result =
        both.at_service({"query", "--vectors", "q.bin", "-k", "1"});
    CHECK(result.status == 0);
    CHECK(contains(result.out, "0\t1\t0.500000\t"));
  }

  TEST_CASE("--exact is the service's own") {
    const PushedCollection& both = pushed();
    const Options command = {"query", "--exact", "--id",
                             "3",     "--like",  "9.jpg"};
    const RunResult result = both.at_service(command);
    // The archive of Elasticsearch that tests use has no scripts.
    if (both.service().is_elasticsearch() && result.status != 0)
      CHECK(contains(result.err, "painless"));
    else
      check_same_answers(both.at_file(command), result);
  }

  TEST_CASE("--filter leaves out what does not match") {
    const PushedCollection& both = pushed();
    const std::string clause =
        R"({"terms":{"name":["3.jpg","8.jpg","9.jpg"]}})";
    const RunResult result =
        both.at_service({"query", "--id", "8", "--filter", clause});
    CAPTURE(result.err);
    CHECK(result.status == 0);
    const auto lines = lines_of(result.out);
    REQUIRE(lines.size() == 2);
    for (const std::string& line : lines)
      CHECK((fields_of(line)[3] == "3.jpg" || fields_of(line)[3] == "9.jpg"));
    const RunResult wrong =
        both.at_service({"query", "--id", "8", "--filter", R"({"no":{}})"});
    CHECK(wrong.status == 1);
    CHECK(wrong.out.empty());
    CHECK(contains(wrong.err, "400: "));
  }

  TEST_CASE("names, sums and duplicates are asked as of a file") {
    const PushedCollection& both = pushed();
    for (const Options& options : std::vector<Options>{
             {"--id", "8", "--only", "1*", "-k", "20"},
             {"--id", "8", "--not", "*.JPG"},
             {"--id", "8", "--only", "[!1-3]?.jpg", "--not", "4?.*", "-k", "9"},
             {"--id", "8", "--only", "39[0-9].jpg", "-k", "30"},
             {"--id", "8", "--plus", "0.5:17.jpg", "--minus", "3.jpg"},
             {"--minus", "2:9.jpg", "--plus", "5.jpg", "-k", "3"},
             {"--id", "8", "--distinct=0.6", "-k", "8"},
             {"--like", "8.jpg", "--self", "-k", "3"},
             {"--all", "-k", "1"}}) {
      CAPTURE(options);
      Options command = {"query"};
      command.insert(command.end(), options.begin(), options.end());
      check_same_answers(both.at_file(command), both.at_service(command));
    }
    const RunResult names =
        both.at_service({"query", "--id", "8", "-l", "-k", "3"});
    CHECK(names.out ==
          both.at_file({"query", "--id", "8", "-l", "-k", "3"}).out);
    // Together with a clause of the service's own.
    const RunResult filtered =
        both.at_service({"query", "--id", "8", "--only", "1*", "--filter",
                         R"({"terms":{"name":["12.jpg","13.jpg","21.jpg"]}})"});
    CHECK(lines_of(filtered.out).size() == 2);
    const RunResult bytes =
        both.at_service({"query", "--id", "8", "--only", "\xFF*"});
    CHECK(bytes.status == 1);
    CHECK(contains(bytes.err, "not UTF-8"));
  }

  TEST_CASE("JSON says that similarities are rounded") {
    const PushedCollection& both = pushed();
    const RunResult result =
        both.at_service({"query", "--json", "--id", "3", "-k", "2"});
    CAPTURE(result.err);
    REQUIRE(result.status == 0);
    const json answer = json::parse(result.out);
    CHECK(answer["exact"] == false);
    CHECK(answer["exact_similarities"] == false);
    REQUIRE(answer["neighbors"].size() == 2);
    const json& first = answer["neighbors"][0];
    CHECK(first["name"] == std::to_string(first["row"].get<int>()) + ".jpg");
  }

  TEST_CASE("a co-process answers each query as it comes") {
    const PushedCollection& both = pushed();
    CoProcess query(
        {"query", "--vectors", "-", "-k", "1", "--url", both.index().url()},
        both.files().dir().path());
    const std::string vectors = both.files().read("fvecs.bin");
    for (const std::size_t row : {std::size_t{0}, std::size_t{1}}) {
      query.write(vectors.substr(row * kRowBytes, kRowBytes));
      CHECK(query.read_line() == fmt::format("{0}\t1\t1.000000\t{0}.jpg", row));
      CHECK(query.read_line().empty());
    }
    query.close_input();
    CHECK(query.wait() == 0);
  }

  TEST_CASE("photos find what they find in a file") {
    const Collection photos(0);
    const std::string hats = imsearch::test::source_path("data/photos/hat");
    REQUIRE(photos.run({"extract", "-q", hats + "/*.jpg"}).status == 0);
    photos.build();
    const Service service;
    const RemoteIndex index(service);
    REQUIRE(photos.run({"push", "-q", index.url()}).status == 0);
    const Options command = {"query", hats + "/black-plain-06.jpg",
                             hats + "/grey-plain-02.jpg", "-k", "3"};
    Options at_service = command;
    at_service.insert(at_service.end(),
                      {"--url", index.url(), "--sheet", "sheet.jpg"});
    check_same_answers(photos.run(command), photos.run(at_service));
    CHECK(contains(photos.read("sheet.jpg"), "JFIF"));
  }

  TEST_CASE("an index that push did not make is refused") {
    const PushedCollection& both = pushed();
    const RemoteIndex other(both.service());
    both.service().put(other.path(), json::object());
    const RunResult result =
        both.at_file({"query", "--id", "1", "--url", other.url()});
    CHECK(result.status == 1);
    CHECK(contains(result.err, "its mapping has no _meta.imsearch"));
    const RunResult gone =
        both.at_file({"query", "--id", "1", "--url", other.url() + "-gone"});
    CHECK(gone.status == 1);
    CHECK(contains(gone.err, "404"));
  }

  TEST_CASE("vectors of another model or length are refused") {
    const PushedCollection both;
    imsearch::Sidecar sidecar;
    sidecar.dim = Collection::kDim;
    sidecar.model.architecture = "mobilenet_v2";
    sidecar.model.weights_sha256 = std::string(64, 'a');
    both.change_meta([&](json& meta) {
      meta["vectors"] = json::parse(imsearch::to_json(sidecar));
    });
    sidecar.model.weights_sha256 = std::string(64, 'b');
    both.files().write("q.bin", std::string(kRowBytes, '\1'));
    both.files().write("q.bin.json", imsearch::to_json(sidecar));
    const RunResult model = both.at_service({"query", "--vectors", "q.bin"});
    CHECK(model.status == 1);
    CHECK(contains(model.err, "rows of two models cannot be compared"));
    both.files().write("short.bin", std::string(kRowBytes - 4, '\1'));
    const RunResult length =
        both.at_service({"query", "--vectors", "short.bin"});
    CHECK(length.status == 1);
    CHECK(contains(length.err, "short.bin: "));
  }

  TEST_CASE("an unfinished load is warned of, and has no recall") {
    const PushedCollection both;
    both.change_meta([](json& meta) {
      meta["load"]["finished"] = false;
      meta["load"]["loading_to"] = kRows + 100;
      meta["load"]["rows_before"] = 0;
    });
    const RunResult query = both.at_service({"query", "-q", "--id", "1"});
    CHECK(query.status == 0);
    CHECK(lines_of(query.out).size() == 10);
    CHECK(contains(query.err, "a load is unfinished: 400 of 500 rows"));
    const RunResult recall = both.at_service({"eval-recall"});
    CHECK(recall.status == 1);
    CHECK(contains(recall.err, "a load is unfinished"));
  }
}
