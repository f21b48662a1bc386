#include "base/progress.h"

#include <doctest/doctest.h>

using namespace imsearch;

TEST_SUITE("base") {
  TEST_CASE("progress shows count, share, rate and time left") {
    CHECK(progress_text({"images", 1200, 9000, 0, 8.0}) ==
          "images: 1,200 of 9,000 (13 %), 150/s, 52 s left");
  }

  TEST_CASE("progress without a total shows neither share nor time left") {
    CHECK(progress_text({"images", 1200, 0, 0, 8.0}) == "images: 1,200, 150/s");
  }

  TEST_CASE("progress at the start has no rate yet") {
    CHECK(progress_text({"inserted", 0, 60, 0, 3.0}) ==
          "inserted: 0 of 60 (0 %)");
    CHECK(progress_text({"inserted", 5, 60, 0, 0.0}) ==
          "inserted: 5 of 60 (8 %)");
  }

  TEST_CASE("finished progress has no time left") {
    CHECK(progress_text({"images", 60, 60, 0, 30.0}) ==
          "images: 60 of 60 (100 %), 2.0/s");
  }

  TEST_CASE("a resumed run counts the whole, at its own rate") {
    CHECK(progress_text({"images", 400, 1000, 400, 9.0}) ==
          "images: 400 of 1,000 (40 %)");
    CHECK(progress_text({"images", 500, 1000, 400, 10.0}) ==
          "images: 500 of 1,000 (50 %), 10/s, 50 s left");
  }

  TEST_CASE("what counts nothing shows its time") {
    CHECK(progress_text({"fits the reduction", 0, 0, 0, 7.2}) ==
          "fits the reduction, 7 s");
  }

  TEST_CASE("progress gives way part by part where there is no room") {
    const Progress images = {"images", 1200, 9000, 0, 8.0};
    const auto within = [&](std::size_t columns) {
      return progress_text_within(columns, "extract", images);
    };
    CHECK(within(56) ==
          "extract: images: 1,200 of 9,000 (13 %), 150/s, 52 s left");
    CHECK(within(55) == "extract: images: 1,200 of 9,000 (13 %), 52 s left");
    CHECK(within(48) == "images: 1,200 of 9,000 (13 %), 52 s left");
    CHECK(within(39) == "images, 13 %, 52 s left");
    CHECK(within(22) == "13 %, 52 s left");
    CHECK(within(14) == "13 %");
    CHECK(within(3) == "13 ");
    CHECK(within(0).empty());
  }

  TEST_CASE("what matters of other progress stays, too") {
    CHECK(progress_text_within(30, "build-index", {"fits the reduction"}) ==
          "fits the reduction, 0 s");
    CHECK(progress_text_within(20, "build-index", {"fits the reduction"}) ==
          "fits the reduction");
    CHECK(progress_text_within(8, "build-index", {"fits the reduction"}) ==
          "fits the");
    CHECK(progress_text_within(12, "x", {"images", 1200, 0, 0, 8.0}) ==
          "1,200");
  }

  TEST_CASE("counts are grouped by thousands") {
    CHECK(grouped(0) == "0");
    CHECK(grouped(999) == "999");
    CHECK(grouped(1000) == "1,000");
    CHECK(grouped(991257) == "991,257");
    CHECK(grouped(1234567890) == "1,234,567,890");
  }

  TEST_CASE("one is counted without an s") {
    CHECK(counted(0, "row") == "0 rows");
    CHECK(counted(1, "row") == "1 row");
    CHECK(counted(1234, "row") == "1,234 rows");
  }

  TEST_CASE("bytes are given in powers of ten") {
    CHECK(human_bytes(0) == "0 bytes");
    CHECK(human_bytes(999) == "999 bytes");
    CHECK(human_bytes(1000) == "1.0 kB");
    CHECK(human_bytes(1340) == "1.3 kB");
    CHECK(human_bytes(20e6) == "20 MB");
    CHECK(human_bytes(5075235840.0) == "5.1 GB");
    CHECK(human_bytes(3e15) == "3000 TB");
  }

  TEST_CASE("rounded bytes never show a digit too many") {
    CHECK(human_bytes(9960) == "10 kB");
    CHECK(human_bytes(999700) == "1.0 MB");
  }

  TEST_CASE("durations are given in seconds, minutes and hours") {
    CHECK(human_duration(0.4) == "0 s");
    CHECK(human_duration(51.6) == "52 s");
    CHECK(human_duration(59.7) == "1 min 00 s");
    CHECK(human_duration(200) == "3 min 20 s");
    CHECK(human_duration(7500) == "2 h 05 min");
  }
}
