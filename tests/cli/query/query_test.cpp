// query by rows and names, and what all queries share.
#include "cli/collection.h"
#include "support/contains.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <string>
#include <vector>

TEST_SUITE_BEGIN("cli");

using namespace imsearch;
using imsearch::test::contains;
using test::Collection;
using test::RunResult;
using Json = nlohmann::json;

namespace {

constexpr std::size_t kRowBytes = Collection::kDim * 4;

/// The lines without their first field.
std::vector<std::string> answers_in(const std::string& out) {
  std::vector<std::string> answers;
  for (const std::string& line : test::lines_of(out))
    if (!line.empty()) answers.push_back(line.substr(line.find('\t')));
  return answers;
}

}  // namespace

TEST_CASE("a row is answered by others, most similar first") {
  const Collection collection(200);
  collection.build();
  const RunResult result = collection.run({"query", "--id", "17", "-k", "5"});
  CHECK(result.status == 0);
  CHECK(result.err.empty());
  const auto lines = test::lines_of(result.out);
  REQUIRE(lines.size() == 5);
  double before = 1;
  for (std::size_t i = 0; i < 5; ++i) {
    const auto fields = test::fields_of(lines[i]);
    REQUIRE(fields.size() == 4);
    CHECK(fields[0] == "17");
    CHECK(fields[1] == std::to_string(i + 1));
    CHECK(fields[2].size() == std::string("0.123456").size());
    CHECK(std::stod(fields[2]) <= before);
    CHECK(fields[3] != "17.jpg");
    before = std::stod(fields[2]);
  }
}

TEST_CASE("fault 21: no control character of a name reaches the terminal") {
  const Collection collection(20);
  std::string names = collection.read("fnames.txt");
  names.replace(0, 5, "\x1B[2J\x7F\xC2\x9B");
  collection.write("fnames.txt", names);
  collection.build();
  const std::string shown = "\\x1b[2J\\x7f\\xc2\\x9b";
  const RunResult found = collection.run({"query", "--like", shown, "-k", "1"});
  CHECK(found.status == 0);
  CHECK(test::lines_of(found.out).size() == 1);
  const RunResult all = collection.run({"query", "--id", "1", "-k", "19"});
  CHECK(contains(all.out, "\t" + shown + "\n"));
  const RunResult json =
      collection.run({"query", "--id", "1", "-k", "19", "--json"});
  CHECK(contains(json.out, "\"\\u001b[2J\\u007f\\u009b\""));
  // Messages name files and arguments that nobody has escaped.
  for (const std::vector<std::string>& line :
       {std::vector<std::string>{"query", "-i", "no\x1B[2J", "--id", "0"},
        {"query", "--\x1B[2J"},
        {"build-index", "no\x1B[2J", "-n", "fnames.txt"},
        {"extract", "no\x1B[2J"}}) {
    const RunResult failed = collection.run(line);
    CHECK(failed.status > 0);
    CHECK(contains(failed.err, "\\x1b[2J"));
    CHECK_FALSE(contains(failed.err, "\x1B"));
  }
}

TEST_CASE("row, name and vector find the same, but for the row itself") {
  const Collection collection(200);
  collection.build();
  collection.write(
      "17.bin", collection.read("fvecs.bin").substr(17 * kRowBytes, kRowBytes));
  const RunResult row = collection.run({"query", "--id", "17", "-k", "6"});
  const RunResult name =
      collection.run({"query", "--like", "17.jpg", "-k", "6"});
  const RunResult vector =
      collection.run({"query", "--vectors", "17.bin", "-k", "7"});
  CHECK(answers_in(row.out) == answers_in(name.out));
  CHECK(name.out.rfind("17.jpg\t1\t", 0) == 0);
  CHECK(vector.out.rfind("0\t1\t1.000000\t17.jpg\n", 0) == 0);
  const auto others = test::lines_of(row.out);
  const auto all = test::lines_of(vector.out);
  REQUIRE(all.size() == 7);
  for (std::size_t i = 0; i < 6; ++i) {
    CHECK(test::fields_of(all[i + 1])[2] == test::fields_of(others[i])[2]);
    CHECK(test::fields_of(all[i + 1])[3] == test::fields_of(others[i])[3]);
  }
}

TEST_CASE("duplicates of a row stay in its answer") {
  const Collection collection(50);
  const std::string vectors = collection.read("fvecs.bin");
  collection.write("fvecs.bin", vectors + vectors.substr(0, kRowBytes));
  collection.write("fnames.txt", test::numbered_names(51));
  collection.build();
  const RunResult result = collection.run({"query", "--id", "0", "-k", "1"});
  CHECK(result.out == "0\t1\t1.000000\t50.jpg\n");
}

TEST_CASE("exact search agrees with the index where it finds all") {
  const Collection collection(300);
  collection.build();
  const std::vector<std::string> query = {
      "query", "--vectors", "fvecs.bin", "--id", "3", "--ef", "300"};
  std::vector<std::string> exact = query;
  exact.emplace_back("--exact");
  const RunResult by_index = collection.run(query);
  CHECK(test::lines_of(by_index.out).size() == 3010);
  CHECK(by_index.out == collection.run(exact).out);
}

TEST_CASE("the answers are the same alone, together, and on any threads") {
  const Collection collection(3000);
  collection.build();
  const std::string vectors = collection.read("fvecs.bin");
  collection.write("q.bin", vectors.substr(0, 40 * kRowBytes));
  const auto answers = [&](const std::string& threads) {
    return collection
        .run({"query", "--vectors", "q.bin", "--ef", "20", "-j", threads})
        .out;
  };
  const std::string together = answers("1");
  CHECK(test::lines_of(together).size() == 400);
  CHECK(answers("4") == together);
  std::vector<std::string> alone;
  for (std::size_t i = 0; i < 40; ++i) {
    collection.write("one.bin", vectors.substr(i * kRowBytes, kRowBytes));
    for (const std::string& answer : answers_in(
             collection.run({"query", "--vectors", "one.bin", "--ef", "20"})
                 .out))
      alone.push_back(answer);
  }
  CHECK(alone == answers_in(together));
}

TEST_CASE("a query that is not there is an error, the others are answered") {
  const Collection collection(60);
  collection.build();
  const RunResult result =
      collection.run({"query", "--id", "60", "--id", "5", "--like", "none.jpg",
                      "--like", "7.jpg", "-k", "1"});
  CHECK(result.status == 1);
  CHECK(test::lines_of(result.out).size() == 2);
  CHECK(result.err ==
        "query: 60: no such row: fvecs.bin.hnsw.index has 60\n"
        "query: none.jpg: no image of that name in fvecs.bin.hnsw.index\n");
  CHECK(collection.run({"query", "--id", "60", "--exact"}).status == 1);
  CHECK(contains(collection.run({"query", "--like", "fvecs.bin"}).err,
                 "to ask by its picture, leave out --like"));
}

TEST_CASE("the threshold leaves out what is less similar") {
  const Collection collection(200);
  collection.build();
  const RunResult all = collection.run({"query", "--id", "1", "-k", "9"});
  const auto lines = test::lines_of(all.out);
  const std::string fourth = test::fields_of(lines[3])[2];
  const double between =
      (std::stod(fourth) + std::stod(test::fields_of(lines[4])[2])) / 2;
  const RunResult some =
      collection.run({"query", "--id", "1", "-k", "9", "--threshold",
                      std::to_string(between)});
  CHECK(some.status == 0);
  CHECK(test::lines_of(some.out) ==
        std::vector<std::string>(lines.begin(), lines.begin() + 4));
  const RunResult none =
      collection.run({"query", "--id", "1", "--threshold", "1"});
  CHECK(none.status == 0);
  CHECK(none.out.empty());
}

TEST_CASE("asking for more than there is gives all there is") {
  const Collection collection(12);
  collection.build();
  CHECK(test::lines_of(collection.run({"query", "--id", "0", "-k", "100"}).out)
            .size() == 11);
  CHECK(test::lines_of(
            collection.run({"query", "--id", "0", "-k", "100", "--exact"}).out)
            .size() == 11);
}

TEST_CASE("an index of no rows answers nothing") {
  const Collection collection(0);
  collection.write("v.bin", "");
  collection.write("names", "");
  const RunResult built =
      collection.run({"build-index", "v.bin", "-n", "names", "--dim", "24"});
  REQUIRE(built.status == 0);
  collection.write("q.bin", test::clustered_vectors(1, 24, 1));
  const RunResult result =
      collection.run({"query", "-i", "v.bin.hnsw.index", "--vectors", "q.bin"});
  CHECK(result.status == 0);
  CHECK(result.out.empty());
}

TEST_CASE("--json gives an object for each query") {
  const Collection collection(60);
  collection.build();
  const RunResult result =
      collection.run({"query", "--json", "--id", "3", "--like", "4.jpg", "--id",
                      "99", "-k", "2"});
  CHECK(result.status == 1);
  const auto lines = test::lines_of(result.out);
  REQUIRE(lines.size() == 3);
  const Json row = Json::parse(lines[0]);
  CHECK(row["query"] == 3);
  CHECK(row["exact"] == false);
  CHECK(row["exact_similarities"] == true);
  REQUIRE(row["neighbors"].size() == 2);
  CHECK(row["neighbors"][1]["rank"] == 2);
  const Json& first = row["neighbors"][0];
  CHECK(first["name"] == std::to_string(first["row"].get<int>()) + ".jpg");
  CHECK(first["similarity"].get<double>() <= 1);
  const Json bad = Json::parse(lines[1]);
  CHECK(bad["query"] == 99);
  CHECK(bad["error"] == "no such row: fvecs.bin.hnsw.index has 60");
  CHECK(Json::parse(lines[2])["query"] == "4.jpg");
  const RunResult exact =
      collection.run({"query", "--json", "--id", "3", "--exact"});
  CHECK(Json::parse(exact.out)["exact"] == true);
}

TEST_CASE("names of any bytes are shown, and taken as they are shown") {
  const Collection collection(3);
  collection.write("names", std::string("a\tb\0c\nd\0\xFF\xFE\0", 11));
  collection.build({"-0", "-n", "names"});
  const RunResult all = collection.run({"query", "--id", "0", "-k", "2"});
  CHECK(contains(all.out, "\tc\\nd\n"));
  CHECK(contains(all.out, "\t\xFF\xFE\n"));
  const RunResult like =
      collection.run({"query", "--like", "c\\nd", "--like", "c\nd"});
  CHECK(like.status == 0);
  CHECK(test::lines_of(like.out).size() == 4);
  CHECK(contains(like.out, "c\\nd\t1\t"));

  const RunResult json =
      collection.run({"query", "--json", "--like", "\xFF\xFE", "--id", "0"});
  const auto lines = test::lines_of(json.out);
  REQUIRE(lines.size() == 2);
  CHECK(Json::parse(lines[1])["query_base64"] == "//4=");
  const Json answer = Json::parse(lines[0]);
  for (const Json& neighbor : answer["neighbors"]) {
    if (neighbor["row"] == 2) {
      CHECK(neighbor["name"] == "\xEF\xBF\xBD\xEF\xBF\xBD");
      CHECK(neighbor["name_base64"] == "//4=");
    } else {
      CHECK(neighbor["name"] == "c\nd");
      CHECK_FALSE(neighbor.contains("name_base64"));
    }
  }
}

TEST_CASE("without the vectors answers are approximate, and told so") {
  const Collection collection(200);
  collection.build();
  const RunResult before = collection.run({"query", "--id", "1", "-k", "1"});
  std::filesystem::rename(collection.path("fvecs.bin"),
                          collection.path("elsewhere"));
  const RunResult gone = collection.run({"query", "--id", "1", "-k", "1"});
  CHECK(gone.status == 0);
  CHECK(contains(gone.err, "fvecs.bin"));
  CHECK(contains(gone.err,
                 ": similarities are approximate: move the vectors there"));
  CHECK(test::fields_of(gone.out)[3] == test::fields_of(before.out)[3]);
  CHECK(
      std::stod(test::fields_of(gone.out)[2]) ==
      doctest::Approx(std::stod(test::fields_of(before.out)[2])).epsilon(0.02));
  const RunResult quiet =
      collection.run({"query", "-q", "--json", "--id", "1"});
  CHECK(quiet.err == gone.err);
  CHECK(Json::parse(quiet.out)["exact_similarities"] == false);

  const RunResult exact = collection.run({"query", "--id", "1", "--exact"});
  CHECK(exact.status == 1);
  CHECK(exact.out.empty());
  CHECK(contains(exact.err, "exact search needs the vectors"));

  collection.write("fvecs.bin", test::clustered_vectors(200, 24, 99));
  CHECK(contains(collection.run({"query", "--id", "1"}).err,
                 "changed since the index was built"));
}

TEST_CASE("a command line that asks nothing, or too much, is told") {
  const Collection collection(5);
  collection.build();
  for (const std::vector<std::string>& command :
       std::vector<std::vector<std::string>>{
           {"query"},
           {"query", "-", "--vectors", "-"},
           {"query", "-0", "--id", "1"},
           {"query", "--id", "1", "--sheet", "-"},
           {"query", "--id", "-1"},
           {"query", "--id", "1", "--weights", "demo"},
           {"query", "--id", "1", "--model", "net.pt"},
           {"query", "--id", "1", "-k", "0"},
           {"query", "--id", "1", "--threshold", "high"}}) {
    const RunResult result = collection.run(command);
    CHECK(result.status == 2);
    CHECK(result.out.empty());
    CHECK(contains(result.err, "try 'query --help'"));
  }
  CHECK(contains(collection.run({"query"}).err, "nothing to look for"));
}

TEST_CASE("an --ef below k is raised, and that is said once") {
  const Collection collection(60);
  collection.build();
  const RunResult few = collection.run(
      {"query", "--id", "1", "--id", "2", "-k", "20", "--ef", "5"});
  CHECK(few.status == 0);
  CHECK(test::lines_of(few.out).size() == 40);
  CHECK(few.err == "query: --ef 5: less than -k 20: 20 candidates are kept\n");
  CHECK(collection.run({"query", "--id", "1", "-k", "300"}).err.empty());
  CHECK(collection.run({"query", "--id", "1", "-k", "20", "--ef", "20"})
            .err.empty());
  CHECK(
      contains(collection.run({"eval-recall", "-k", "20", "--ef", "8,64"}).err,
               "eval-recall: --ef 8: less than -k 20"));
  CHECK(contains(collection.run({"bench", "-k", "20", "--ef", "8"}).err,
                 "bench: --ef 8: less than -k 20"));
}

TEST_CASE("a number that is none is told with its range") {
  const Collection collection(0);
  const auto said = [&](const std::vector<std::string>& command) {
    const RunResult result = collection.run(command);
    CHECK(result.status == 2);
    return result.err;
  };
  const std::string range = " is not a whole number from 1 to 1000000\n";
  CHECK(contains(said({"query", "--id", "0", "--ef", "abc"}),
                 "query: --ef: abc" + range));
  CHECK(contains(said({"query", "--id", "0", "-k", "2.5"}),
                 "query: --top: 2.5" + range));
  CHECK(contains(said({"eval-recall", "--ef", "16,,32"}),
                 "eval-recall: --ef: 16,,32: a number is missing\n"));
}

TEST_CASE("an index whose rows are all deleted says why it finds nothing") {
  const Collection collection(20);
  collection.build();
  collection.write("gone", test::numbered_names(20));
  REQUIRE(collection.run({"build-index", "--delete", "gone"}).status == 0);
  const RunResult result = collection.run({"query", "--vectors", "fvecs.bin"});
  CHECK(result.status == 0);
  CHECK(result.out.empty());
  CHECK(result.err ==
        "query: fvecs.bin.hnsw.index: all 20 rows are marked as deleted: "
        "nothing can be found; build-index --restore-deleted indexes them "
        "again\n");
  CHECK(contains(collection.run({"build-index", "--verify"}).out,
                 "20 rows of 24 floats, 20 marked as deleted\t"));
  CHECK(contains(collection.run({"build-index", "--append"}).err,
                 "all 20 rows are there, 20 marked as deleted\n"));
  CHECK(contains(collection.run({"build-index"}).err,
                 "20 rows, 20 marked as deleted, "));
}

TEST_CASE("--exact without the vectors says that alone") {
  const Collection collection(20);
  collection.build();
  std::filesystem::remove(collection.path("fvecs.bin"));
  const RunResult result = collection.run({"query", "--id", "3", "--exact"});
  CHECK(result.status == 1);
  CHECK(test::lines_of(result.err).size() == 1);
  CHECK(contains(result.err, "exact search needs the vectors"));
  CHECK(contains(collection.run({"query", "--id", "3"}).err,
                 "similarities are approximate"));
}

TEST_SUITE_END();
