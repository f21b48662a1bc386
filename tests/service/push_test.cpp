// push against a real service: what is stored, going on, growing, refusing.
#include "cli/collection.h"
#include "service/service.h"
#include "support/contains.h"

#include <fmt/format.h>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

using imsearch::test::clustered_vectors;
using imsearch::test::Collection;
using imsearch::test::contains;
using imsearch::test::numbered_names;
using imsearch::test::RemoteIndex;
using imsearch::test::RunOptions;
using imsearch::test::RunResult;
using imsearch::test::Service;
using nlohmann::json;

namespace {

constexpr std::size_t kDim = Collection::kDim;

RunResult push(const Collection& files, const RemoteIndex& index,
               std::vector<std::string> options = {},
               const RunOptions& run = {}) {
  options.insert(options.begin(), {"push", index.url()});
  return files.run(options, run);
}

/// The first `rows` of 300 rows and their names.
void write_rows(const Collection& files, std::size_t rows) {
  files.write(
      "fvecs.bin",
      clustered_vectors(300, kDim, 1).substr(0, rows * kDim * sizeof(float)));
  files.write("fnames.txt", numbered_names(rows));
}

json meta_of(const Service& service, const RemoteIndex& index) {
  const json mapping = service.get(index.path() + "/_mapping");
  return mapping.begin()->at("mappings").at("_meta").at("imsearch");
}

json settings_of(const Service& service, const RemoteIndex& index) {
  const json settings = service.get(index.path() + "/_settings");
  return settings.begin()->at("settings").at("index");
}

std::size_t segments_of(const Service& service, const RemoteIndex& index) {
  return service.get(index.path() + "/_stats/segments")
      .at("_all")
      .at("primaries")
      .at("segments")
      .at("count")
      .get<std::size_t>();
}

json source_of(const Service& service, const RemoteIndex& index,
               std::size_t row) {
  const std::string path = index.path() + "/_doc/" + std::to_string(row);
  // Elasticsearch 9.2 leaves vectors out else; others know no such parameter.
  const auto whole =
      service.ask("GET", path + "?_source_exclude_vectors=false");
  return (whole.status == 200 ? whole.body : service.get(path)).at("_source");
}

/// Row `row` of the file, scaled to length 1.
std::vector<double> unit_of(const Collection& files, std::size_t row) {
  const std::string bytes = files.read("fvecs.bin");
  std::vector<float> values(kDim);
  std::memcpy(values.data(), bytes.data() + row * kDim * sizeof(float),
              kDim * sizeof(float));
  double square = 0;
  for (const float value : values) square += double{value} * double{value};
  std::vector<double> unit;
  for (const float value : values) unit.push_back(value / std::sqrt(square));
  return unit;
}

}  // namespace

TEST_SUITE("service") {
  TEST_CASE("push stores rows by number, with names and vectors of length 1") {
    const Service service;
    const RemoteIndex index(service);
    const Collection files(300);
    const RunResult result = push(files, index);
    REQUIRE_MESSAGE(result.status == 0, result.err);
    CHECK(result.out.empty());
    CHECK(contains(result.err, "300 rows of 24 floats"));
    CHECK(contains(result.err, "300 rows stored"));
    CHECK(contains(result.err, "recall@10 is 1.0000"));
    CHECK(index.count() == 300);
    CHECK(segments_of(service, index) == 1);
    for (const std::size_t row : {0, 7, 299}) {
      const json source = source_of(service, index, row);
      CHECK(source.at("name") == std::to_string(row) + ".jpg");
      const std::vector<double> unit = unit_of(files, row);
      for (std::size_t i = 0; i < kDim; ++i)
        CHECK(source.at("fvec").at(i).get<double>() ==
              doctest::Approx(unit[i]).epsilon(1e-6));
    }
    const json meta = meta_of(service, index);
    CHECK(meta.at("load").at("rows") == 300);
    CHECK(meta.at("load").at("finished") == true);
    CHECK(meta.at("vectors").at("dim") == kDim);
    // Searches see what is written from now on.
    CHECK(settings_of(service, index).value("refresh_interval", "") != "-1");
  }

  TEST_CASE("a second push of the same files sends nothing") {
    const Service service;
    const RemoteIndex index(service);
    const Collection files(300);
    REQUIRE(push(files, index).status == 0);
    const RunResult again = push(files, index);
    CHECK(again.status == 0);
    CHECK(contains(again.err, "all 300 rows were pushed before"));
  }

  TEST_CASE("files that have grown: only the new rows are sent") {
    const Service service;
    const RemoteIndex index(service);
    const Collection files(300);
    write_rows(files, 200);
    REQUIRE(push(files, index).status == 0);
    write_rows(files, 300);
    const RunResult grown = push(files, index);
    REQUIRE_MESSAGE(grown.status == 0, grown.err);
    CHECK(contains(grown.err, "100 rows stored"));
    CHECK(index.count() == 300);
    CHECK(segments_of(service, index) == 1);
    CHECK(source_of(service, index, 299).at("name") == "299.jpg");
  }

  TEST_CASE("rows refused before are still listed when others are appended") {
    const Service service;
    const RemoteIndex index(service);
    const Collection files(300);
    const auto write_with_zeros = [&](std::size_t rows) {
      write_rows(files, rows);
      std::string bytes = files.read("fvecs.bin");
      for (const std::size_t row : {5, 250})
        if (row < rows)
          std::fill_n(bytes.begin() + row * kDim * sizeof(float),
                      kDim * sizeof(float), '\0');
      files.write("fvecs.bin", bytes);
    };
    const auto listed = [&] { return files.read("fnames.txt.refused.tsv"); };
    write_with_zeros(200);
    REQUIRE(push(files, index).status == 0);
    write_with_zeros(220);
    REQUIRE(push(files, index).status == 0);
    CHECK(listed().rfind("5\t5.jpg\t", 0) == 0);
    write_with_zeros(300);
    const RunResult grown = push(files, index);
    REQUIRE_MESSAGE(grown.status == 0, grown.err);
    CHECK(contains(grown.err, "1 refused"));
    CHECK(listed().rfind("5\t5.jpg\t", 0) == 0);
    CHECK(contains(listed(), "\n250\t250.jpg\t"));
    CHECK(index.count() == 298);
  }

  TEST_CASE(
      "each request is on disk before it is answered, also while loading") {
    const Service service;
    const RemoteIndex index(service);
    const Collection files(0);
    files.write("fvecs.bin", clustered_vectors(20000, kDim, 1));
    files.write("fnames.txt", numbered_names(20000));
    const std::string path =
        index.path() + "/_settings?include_defaults=true&flat_settings=true";
    const auto durability = [&] {
      const json settings = service.get(path).begin().value();
      const char* name = "index.translog.durability";
      CHECK_FALSE(settings.at("settings").contains(name));
      return settings.at("defaults").at(name);
    };
    std::string while_loading;
    RunOptions look;
    look.interrupt_when = [&] {
      if (!index.exists()) return false;
      while_loading = durability();
      return true;
    };
    const std::vector<std::string> options = {"--dim", std::to_string(kDim)};
    REQUIRE(push(files, index, options, look).status == 130);
    CHECK(while_loading == "REQUEST");
    REQUIRE(push(files, index, options).status == 0);
    CHECK(durability() == "REQUEST");
  }

  TEST_CASE("an alias of one index stands for it, one of two is refused") {
    const Service service;
    const RemoteIndex index(service);
    const RemoteIndex alias(service);
    const Collection files(300);
    write_rows(files, 200);
    REQUIRE(push(files, index).status == 0);
    service.put(index.path() + "/_alias" + alias.path(), json::object());
    write_rows(files, 300);
    const RunResult grown = push(files, alias);
    REQUIRE_MESSAGE(grown.status == 0, grown.err);
    CHECK(index.count() == 300);
    const RemoteIndex other(service);
    REQUIRE(push(files, other).status == 0);
    service.put(other.path() + "/_alias" + alias.path(), json::object());
    const RunResult both = push(files, alias);
    CHECK(both.status == 1);
    CHECK(contains(both.err, "2 indexes of that name"));
    service.ask("DELETE", "/_all/_alias" + alias.path());
  }

  TEST_CASE("other rows, names, options and models are refused") {
    const Service service;
    const RemoteIndex index(service);
    const Collection files(300);
    REQUIRE(push(files, index).status == 0);
    const auto refusal = [&](const std::vector<std::string>& options) {
      const RunResult result = push(files, index, options);
      CHECK(result.status == 1);
      return result.err;
    };
    CHECK(contains(refusal({"-M", "32"}), "M 48, not 32"));
    CHECK(contains(refusal({"--space", "l2"}), "space cosine, not l2"));
    CHECK(contains(refusal({"--shards", "2"}), "shards 1, not 2"));
    files.write("names", numbered_names(300, "other/"));
    CHECK(contains(refusal({"-n", "names"}), "first 300 names"));
    files.write("fvecs.bin", clustered_vectors(300, kDim, 2));
    CHECK(contains(refusal({}), "first 300 rows"));
    write_rows(files, 200);
    CHECK(contains(refusal({}), "200 rows, but 300 were pushed"));
    files.write("fvecs.bin.json", R"({"dim": 12})");
    files.write("fnames.txt", numbered_names(400));
    CHECK(contains(refusal({}), "rows of 24 floats"));
    CHECK(index.count() == 300);
  }

  TEST_CASE("--replicas alone changes an index whose load is finished") {
    const Service service;
    const RemoteIndex index(service);
    const Collection files(30);
    REQUIRE(push(files, index).status == 0);
    const RunResult result = push(files, index, {"--replicas", "1"});
    CHECK_MESSAGE(result.status == 0, result.err);
    CHECK(settings_of(service, index).at("number_of_replicas") == "1");
    const json meta = meta_of(service, index);
    CHECK(meta.at("index").at("replicas") == 1);
    CHECK(meta.at("load").at("finished") == true);
    const RunResult quiet = push(files, index, {"-q"});
    CHECK(quiet.status == 0);
    CHECK(quiet.err.empty());
  }

  TEST_CASE("an index that takes no rows ends the load, and loses none") {
    const Service service;
    const RemoteIndex index(service);
    const Collection files(300);
    write_rows(files, 200);
    REQUIRE(push(files, index).status == 0);
    write_rows(files, 300);
    const auto block = [&](const json& on) {
      service.put(index.path() + "/_settings", {{"index.blocks.write", on}});
    };
    block(true);
    const RunResult blocked = push(files, index);
    CHECK(blocked.status == 1);
    CHECK(contains(blocked.err, "200 of 300 rows are stored"));
    // Now one of them is there already.
    block(nullptr);
    service.put(index.path() + "/_doc/200", source_of(service, index, 199));
    block(true);
    CHECK(push(files, index).status == 1);
    CHECK(meta_of(service, index).at("load").at("finished") == false);
    block(nullptr);
    CHECK(push(files, index).status == 0);
    CHECK(index.count() == 300);
  }

  TEST_CASE("what the service does not have is refused before anything else") {
    const Service service;
    const RemoteIndex index(service);
    const Collection files(30);
    const RunResult packed = push(files, index, {"--compression", "16x"});
    CHECK(packed.status == 1);
    CHECK(contains(packed.err, "no compression 16x"));
    CHECK_FALSE(contains(packed.err, "stored"));
    const Collection wide(0);
    wide.write("fvecs.bin", std::string(20000 * sizeof(float), '\0'));
    wide.write("fnames.txt", "wide.jpg\n");
    const RunResult result = push(wide, index, {"--plan", "--dim", "20000"});
    CHECK(result.status == 1);
    CHECK(contains(result.err, "rows of 20000 floats"));
  }

  TEST_CASE("an index that others made is left alone") {
    const Service service;
    const RemoteIndex index(service);
    service.put(index.path(), json::object());
    const Collection files(10);
    const RunResult result = push(files, index);
    CHECK(result.status == 1);
    CHECK(contains(result.err, "push did not make it"));
    CHECK(index.count() == 0);
  }

  TEST_CASE("what others keep in _meta and in fields of their own stays") {
    const Service service;
    const RemoteIndex index(service);
    const Collection files(300);
    write_rows(files, 200);
    REQUIRE(push(files, index).status == 0);
    json mapping = {{"_meta", {{"owner", "joe"}}}};
    mapping["_meta"]["imsearch"] = meta_of(service, index);
    service.put(index.path() + "/_mapping", mapping);
    service.post(index.path() + "/_update/7", R"({"doc":{"colour":"red"}})");
    write_rows(files, 300);
    REQUIRE(push(files, index).status == 0);
    const json after = service.get(index.path() + "/_mapping");
    CHECK(after.begin()->at("mappings").at("_meta").at("owner") == "joe");
    CHECK(source_of(service, index, 7).at("colour") == "red");
  }

  TEST_CASE("--plan prints what would be needed and writes nothing") {
    const Service service;
    const RemoteIndex index(service);
    const Collection files(300);
    const RunResult result = push(files, index, {"--plan", "--replicas", "5"});
    CHECK(result.status == 0);
    CHECK(contains(result.out, "1 shard of"));
    CHECK(contains(result.out, "bytes a row"));
    CHECK(contains(result.out, "of memory of which"));
    CHECK(contains(result.out, "5 replicas need 6 nodes"));
    CHECK_FALSE(index.exists());
  }

  TEST_CASE("what does not fit is refused, unless forced") {
    const Service service;
    const RemoteIndex index(service);
    const Collection files(0);
    // 131 GB of rows that are nothing but a hole in a file.
    constexpr std::size_t kRows = 8000000;
    constexpr std::size_t kWide = 4096;
    files.write("fvecs.bin", "");
    std::filesystem::resize_file(files.path("fvecs.bin"),
                                 kRows * kWide * sizeof(float));
    files.write("fnames.txt", std::string(kRows, '\n'));
    const std::vector<std::string> options = {"--plan", "--dim",
                                              std::to_string(kWide)};
    const RunResult result = push(files, index, options);
    CHECK(result.status == 1);
    CHECK(contains(result.err, "graphs and vectors need 133 GB of memory"));
    CHECK(contains(result.err, "--force"));
    CHECK_FALSE(index.exists());
    std::vector<std::string> forced = options;
    forced.emplace_back("--force");
    CHECK(push(files, index, forced).status == 0);
  }

  TEST_CASE("names that are no UTF-8 come back in their own bytes") {
    const Service service;
    const RemoteIndex index(service);
    const Collection files(3);
    files.write("fnames.txt",
                "a \"quote\".jpg\nlatin \xE4.jpg\n\xF0\x9F\x90\xB1.jpg\n");
    REQUIRE(push(files, index).status == 0);
    CHECK(source_of(service, index, 0).at("name") == "a \"quote\".jpg");
    CHECK(source_of(service, index, 1).at("name") == "latin \xEF\xBF\xBD.jpg");
    CHECK(source_of(service, index, 1).at("name_base64") == "bGF0aW4g5C5qcGc=");
    CHECK(source_of(service, index, 2).at("name") == "\xF0\x9F\x90\xB1.jpg");
    const RunResult erased =
        files.run({"push", index.url(), "--delete", "-"}, [] {
          RunOptions options;
          options.input = "latin \xE4.jpg\n";
          return options;
        }());
    CHECK_MESSAGE(erased.status == 0, erased.err);
    CHECK(index.count() == 2);
  }

  TEST_CASE("a row of zeros is refused by cosine and held by l2") {
    const Service service;
    const Collection files(20);
    std::string bytes = files.read("fvecs.bin");
    std::fill_n(bytes.begin() + 5 * kDim * sizeof(float), kDim * sizeof(float),
                '\0');
    files.write("fvecs.bin", bytes);
    const RemoteIndex cosine(service);
    const RunResult refused = push(files, cosine);
    CHECK_MESSAGE(refused.status == 0, refused.err);
    CHECK(contains(refused.err, "row 5: 5.jpg: refused: a row of zeros"));
    CHECK(contains(refused.err, "1 refused"));
    CHECK(files.read("fnames.txt.refused.tsv").rfind("5\t5.jpg\t", 0) == 0);
    CHECK(cosine.count() == 19);
    const RemoteIndex l2(service);
    REQUIRE(push(files, l2, {"--space", "l2"}).status == 0);
    CHECK(l2.count() == 20);
    CHECK_THROWS(files.read("fnames.txt.refused.tsv"));
  }

  TEST_CASE("a row that holds NaN is told before anything is written") {
    const Service service;
    const RemoteIndex index(service);
    const Collection files(20);
    std::string bytes = files.read("fvecs.bin");
    const float nan = std::nanf("");
    std::memcpy(bytes.data() + 7 * kDim * sizeof(float), &nan, sizeof nan);
    files.write("fvecs.bin", bytes);
    const RunResult result = push(files, index);
    CHECK(result.status == 1);
    CHECK(contains(result.err, "fvecs.bin: row 7: NaN or infinity"));
    CHECK_FALSE(index.exists());
  }

  TEST_CASE("rows whose images are gone are not sent, and are told") {
    const Service service;
    const RemoteIndex index(service);
    const Collection files(300);
    const auto write_ledger = [&](const std::vector<std::size_t>& gone) {
      std::string text =
          "row\tstate\tbytes\tmodified\txxh3_128\tname\treason\n";
      for (std::size_t row = 0; row < 300; ++row) {
        const bool is_gone =
            std::find(gone.begin(), gone.end(), row) != gone.end();
        text += fmt::format("{}\t{}\t-\t-\t-\t{}.jpg\t\n", row,
                            is_gone ? "gone" : "row", row);
      }
      files.write("fvecs.bin.ledger.tsv", text);
    };
    write_rows(files, 200);
    write_ledger({0, 7, 199, 299});
    const RunResult first = push(files, index);
    REQUIRE_MESSAGE(first.status == 0, first.err);
    CHECK(contains(first.err, "197 rows stored"));
    CHECK(contains(first.err, "3 not sent: their images are gone"));
    CHECK(contains(first.err, "recall@10 is 1.0000"));
    CHECK(index.count() == 197);
    CHECK(service.ask("GET", index.path() + "/_doc/7").status == 404);
    // One of the rows that were sent goes; new ones come.
    write_rows(files, 300);
    write_ledger({0, 7, 8, 199, 299});
    const RunResult grown = push(files, index);
    REQUIRE_MESSAGE(grown.status == 0, grown.err);
    CHECK(contains(grown.err, "99 rows stored"));
    CHECK(contains(grown.err, "1 not sent: its image is gone"));
    CHECK(
        contains(grown.err,
                 "4 rows pushed before may be found although their images are "
                 "gone: --delete takes them out by their names"));
    CHECK(index.count() == 296);
  }

  TEST_CASE("--delete takes rows out, and growing does not bring them back") {
    const Service service;
    const RemoteIndex index(service);
    const Collection files(300);
    write_rows(files, 200);
    REQUIRE(push(files, index).status == 0);
    files.write("gone", "7.jpg\nnone.jpg\n");
    const RunResult result = push(files, index, {"--delete", "gone"});
    CHECK(result.status == 1);
    CHECK(contains(result.err, "none.jpg: no image of that name"));
    CHECK(contains(result.err, "1 row deleted, 199 left"));
    write_rows(files, 300);
    REQUIRE(push(files, index).status == 0);
    CHECK(index.count() == 299);
    CHECK(service.ask("GET", index.path() + "/_doc/7").status == 404);
  }

  TEST_CASE("--delete takes all rows of a name, however many they are") {
    const Service service;
    const RemoteIndex index(service);
    const Collection files(0);
    constexpr std::size_t kRows = 10500;
    files.write("fvecs.bin", clustered_vectors(kRows, 2, 1));
    std::string names = "other.jpg\n";
    for (std::size_t i = 1; i < kRows; ++i) names += "same.jpg\n";
    files.write("fnames.txt", names);
    REQUIRE(push(files, index, {"--dim", "2", "-M", "4"}).status == 0);
    files.write("gone", "same.jpg\n");
    const RunResult result = push(files, index, {"--delete", "gone"});
    CHECK_MESSAGE(result.status == 0, result.err);
    CHECK(contains(result.err, "10,499 rows deleted, 1 left"));
  }

  TEST_CASE("interrupted, and run again: every row once") {
    const Service service;
    const RemoteIndex index(service);
    const Collection files(0);
    constexpr std::size_t kRows = 20000;
    files.write("fvecs.bin", clustered_vectors(kRows, kDim, 1));
    files.write("fnames.txt", numbered_names(kRows));
    const std::vector<std::string> options = {"--dim", std::to_string(kDim),
                                              "--connections", "1"};
    RunOptions interrupt;
    interrupt.interrupt_when = [&] { return index.exists(); };
    const RunResult first = push(files, index, options, interrupt);
    REQUIRE(first.status == 130);
    CHECK(contains(first.err, "the same command goes on"));
    CHECK(meta_of(service, index).at("load").at("finished") == false);
    const RunResult second = push(files, index, options);
    REQUIRE_MESSAGE(second.status == 0, second.err);
    CHECK(index.count() == kRows);
    CHECK(meta_of(service, index).at("load").at("finished") == true);
  }

  TEST_CASE("each space and compression is one that the service knows") {
    const Service service;
    const Collection files(60);
    for (const char* space : {"cosine", "l2", "innerproduct"}) {
      const RemoteIndex index(service);
      const RunResult result = push(files, index, {"--space", space});
      CHECK_MESSAGE(result.status == 0, result.err);
      CHECK(contains(result.err, "recall@10 is 1.0000"));
    }
    const RemoteIndex index(service);
    const RunResult result = push(files, index, {"--compression", "4x"});
    CHECK_MESSAGE(result.status == 0, result.err);
    CHECK(contains(result.err, "compression 4x"));
  }

  TEST_CASE("engine faiss is not tried where its library may be missing") {
    const Service service;
    const RemoteIndex index(service);
    const Collection files(3);
    const RunResult result = push(files, index, {"--engine", "faiss"});
    CHECK(result.status == (service.is_elasticsearch() ? 2 : 1));
    CHECK_FALSE(index.exists());
  }
}
