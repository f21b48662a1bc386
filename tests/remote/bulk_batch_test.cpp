// remote/bulk_batch.h: rows as lines, and an answer about each.
#include "remote/bulk_batch.h"

#include "base/error.h"
#include "remote/stored_rows.h"

#include <doctest/doctest.h>

#include <sstream>
#include <string>
#include <vector>

TEST_SUITE_BEGIN("remote");

using namespace imsearch;

namespace {

BulkBatch three_rows() {
  const std::vector<float> unit = {0.6F, 0.8F};
  BulkBatch batch;
  batch.add(7, "a.jpg", unit.data(), 2);
  batch.add(8, "quo\"te\\\t.jpg", unit.data(), 2);
  batch.add(9, "latin1 \xE4.jpg", unit.data(), 2);
  return batch;
}

std::vector<Json> lines_of(const std::string& body) {
  std::vector<Json> lines;
  std::istringstream in(body);
  for (std::string line; std::getline(in, line);)
    lines.push_back(Json::parse(line));
  return lines;
}

}  // namespace

TEST_CASE("a row is an action and a document") {
  const BulkBatch batch = three_rows();
  REQUIRE(batch.size() == 3);
  CHECK(batch.body().back() == '\n');
  const std::vector<Json> lines = lines_of(batch.body());
  REQUIRE(lines.size() == 6);
  CHECK(lines[0] == Json{{"index", {{"_id", "7"}}}});
  CHECK(lines[1].at("name") == "a.jpg");
  CHECK(lines[1].at("fvec") == Json({0.6, 0.8}));
  CHECK(lines[3].at("name") == "quo\"te\\\t.jpg");
}

TEST_CASE("a name that is no UTF-8 travels beside its text") {
  const std::vector<Json> lines = lines_of(three_rows().body());
  CHECK(lines[5].at("name") == "latin1 \xEF\xBF\xBD.jpg");
  const Json hit = {{"fields",
                     {{"name", {lines[5].at("name")}},
                      {"name_base64", {lines[5].at("name_base64")}}}}};
  CHECK(name_in_fields(hit) == "latin1 \xE4.jpg");
}

TEST_CASE("a part of a batch has the lines of its rows") {
  const BulkBatch batch = three_rows();
  const BulkBatch part = batch.subset({0, 2});
  REQUIRE(part.size() == 2);
  CHECK(part[0].row == 7);
  CHECK(part[1].row == 9);
  CHECK(part[1].name == "latin1 \xE4.jpg");
  const std::vector<Json> lines = lines_of(part.body());
  REQUIRE(lines.size() == 4);
  CHECK(lines[2] == Json{{"index", {{"_id", "9"}}}});
  CHECK(part.subset({1}).body() == batch.subset({2}).body());
  CHECK(batch.subset({}).empty());
}

TEST_CASE("each row's status is read") {
  const std::string answer = R"({"took":1,"errors":true,"items":[
    {"index":{"_id":"7","status":201}},
    {"index":{"_id":"8","status":429,"error":{"type":"rejected","reason":"full"}}},
    {"index":{"_id":"9","status":400,"error":{"type":"mapper_parsing_exception",
      "reason":"failed to parse","caused_by":{"type":"x","reason":"why"}}}}]})";
  const std::vector<BulkItem> items = items_in(answer, 3, "service");
  CHECK(items[0].fate() == BulkItem::Fate::kStored);
  CHECK(items[1].fate() == BulkItem::Fate::kAgain);
  CHECK(items[2].fate() == BulkItem::Fate::kRefused);
  CHECK(items[2].reason == "mapper_parsing_exception: failed to parse: why");
}

TEST_CASE("what a row's status means") {
  using Fate = BulkItem::Fate;
  const auto fate = [](int status, const std::string& reason = "why") {
    return BulkItem{status, reason}.fate();
  };
  CHECK(fate(201, "") == Fate::kStored);
  CHECK(fate(404, "") == Fate::kStored);  // to be deleted, and not there
  for (const int status : {409, 429, 500, 503}) {
    CAPTURE(status);
    CHECK(fate(status) == Fate::kAgain);
  }
  CHECK(fate(400, "document_parsing_exception: NaN") == Fate::kRefused);
  // A row must not be given up for what its index is.
  CHECK(fate(400, "index_closed_exception: closed") == Fate::kStopped);
  CHECK(fate(403, "cluster_block_exception: blocked") == Fate::kStopped);
  CHECK(fate(404, "index_not_found_exception: gone") == Fate::kStopped);
}

TEST_CASE("answers about other rows than were sent are errors") {
  CHECK_THROWS_AS(items_in(R"({"items":[]})", 1, "service"), Error);
  CHECK_THROWS_AS(items_in(R"({"took":1})", 1, "service"), Error);
  CHECK_THROWS_AS(items_in(R"({"items":[{}]})", 1, "service"), Error);
  CHECK_THROWS_AS(items_in("<html>", 1, "service"), Error);
}

TEST_SUITE_END();
