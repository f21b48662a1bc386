// Blocks of a list: every image is in one, and files sort as blocks do.
#include "extract/job.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

TEST_SUITE_BEGIN("tools");

using namespace imsearch;

TEST_CASE("ten images in three blocks are three, three and four") {
  CHECK(Shard{1, 3}.begin(10) == 0);
  CHECK(Shard{1, 3}.end(10) == 3);
  CHECK(Shard{2, 3}.begin(10) == 3);
  CHECK(Shard{2, 3}.end(10) == 6);
  CHECK(Shard{3, 3}.begin(10) == 6);
  CHECK(Shard{3, 3}.end(10) == 10);
}

TEST_CASE("blocks follow each other and differ by one at most") {
  for (const std::size_t size : {0U, 1U, 7U, 64U, 1000U, 12345U})
    for (const std::size_t count : {1U, 2U, 7U, 8U, 100U}) {
      CAPTURE(size);
      CAPTURE(count);
      std::size_t next = 0;
      std::size_t least = size;
      std::size_t most = 0;
      for (std::size_t i = 1; i <= count; ++i) {
        const Shard shard = {i, count};
        REQUIRE(shard.begin(size) == next);
        REQUIRE(shard.end(size) >= next);
        next = shard.end(size);
        least = std::min(least, next - shard.begin(size));
        most = std::max(most, next - shard.begin(size));
      }
      CHECK(next == size);
      CHECK(most - least <= 1);
    }
}

TEST_CASE(
    "the last of the most blocks of a huge list ends where the list does") {
  const std::size_t images = 4'000'000'000;
  CHECK(Shard{kMaxShards, kMaxShards}.end(images) == images);
  CHECK(Shard{kMaxShards, kMaxShards}.begin(images) == images - 4000);
}

TEST_CASE("names of blocks are padded, so that they sort") {
  CHECK(Shard{3, 8}.text() == "3/8");
  CHECK(Shard{3, 8}.suffix() == ".3-of-8");
  CHECK(Shard{3, 12}.suffix() == ".03-of-12");
  CHECK(Shard{12, 12}.suffix() == ".12-of-12");
  CHECK(Shard{9, 100}.suffix() < Shard{10, 100}.suffix());
  CHECK(Shard{99, 100}.suffix() < Shard{100, 100}.suffix());
}

TEST_CASE("a block is given as its number and how many there are") {
  const auto shard = parse_shard("3/8");
  REQUIRE(shard);
  CHECK(shard->index == 3);
  CHECK(shard->count == 8);
  CHECK(parse_shard("1/1"));
  CHECK(parse_shard("1/1000000"));
  CHECK(parse_shard("08/010")->count == 10);
}

TEST_CASE("other texts are not block") {
  for (const std::string text :
       {"", "/", "3", "3/", "/8", "0/8", "9/8", "0/0", "-1/8", "+1/8", "1/8/2",
        " 1/8", "1/8 ", "1 /8", "1.0/8", "0x1/8", "a/b", "1/1000001",
        "1/18446744073709551617"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_shard(text));
  }
}
