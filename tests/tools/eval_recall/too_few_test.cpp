// When a recall is not worth its digits.
#include "eval_recall/too_few.h"

#include <doctest/doctest.h>

TEST_SUITE_BEGIN("tools");

using namespace imsearch;

TEST_CASE("1,000 rows, 10 times k, and 100 queries are enough") {
  CHECK(too_few(1000, 100, 10).empty());
  CHECK(too_few_sentence(1000, 100, 10).empty());
  CHECK(too_few(999, 100, 10) == "999 rows");
  CHECK(too_few(1000, 99, 10) == "99 queries");
  CHECK(too_few(1999, 100, 200) == "1,999 rows");
  CHECK(too_few(2000, 100, 200).empty());
  CHECK(too_few(1, 1, 10) == "1 row and 1 query");
}

TEST_CASE("the sentence says why, and what to do") {
  CHECK(too_few_sentence(64, 64, 10) ==
        "64 rows and 64 queries are too few to judge recall@10 by: nearly any "
        "search finds all of the nearest among so few: judge an index of 1,000 "
        "rows or more");
  CHECK(too_few_sentence(3000, 20, 10) ==
        "20 queries are too few to judge recall@10 by: among so few chance "
        "decides: ask 100 or more, by --samples or --vectors");
  CHECK(too_few_sentence(500, 1, 100) ==
        "500 rows and 1 query are too few to judge recall@100 by: nearly any "
        "search finds all of the nearest among so few: judge an index of 1,000 "
        "rows or more; among so few queries chance decides: ask 100 or more, "
        "by --samples or --vectors");
}

TEST_SUITE_END();
