// Questions by a row, by an indexed name, and by a feature.
#include "query/questions.h"

#include "support/contains.h"
#include "support/listed_index.h"

#include <doctest/doctest.h>

#include <limits>
#include <vector>

TEST_SUITE_BEGIN("tools");

using namespace imsearch;
using imsearch::test::contains;
using imsearch::test::ListedIndex;
using Floats = std::vector<float>;

TEST_CASE("a row asks by its vector and leaves itself out") {
  ListedIndex index({{"a.jpg", {1, 0}}, {"b.jpg", {0, 1}}});
  const Question question = question_of_row(index, 1);
  CHECK(question.error.empty());
  CHECK(question.label() == "1");
  CHECK(question.picture == "b.jpg");
  CHECK(question.unit == Floats{0, 1});
  CHECK(question.excluded == 1);
}

TEST_CASE("a row that is not there is an error with the number of rows") {
  ListedIndex index({{"a.jpg", {1, 0}}});
  CHECK(question_of_row(index, 1).error == "no such row: list has 1");
}

TEST_CASE("a name is found as query prints it, and in its own bytes") {
  ListedIndex index({{"a\tb", {1, 0}}, {"c\\d", {0, 1}}});
  CHECK(question_of_name(index, "a\\tb").excluded == 0);
  CHECK(question_of_name(index, "a\tb").excluded == 0);
  CHECK(question_of_name(index, "c\\\\d").excluded == 1);
  CHECK(question_of_name(index, "c\\d").excluded == 1);
  CHECK(question_of_name(index, "a\\tb").label() == "a\\tb");
}

TEST_CASE("a text that names two images is an error with both ways out") {
  ListedIndex index({{"a\tb", {1, 0}}, {"a\\tb", {0, 1}}});
  const Question question = question_of_name(index, "a\\tb");
  CHECK(contains(question.error, "is the name of one image in list"));
  CHECK(contains(question.error, "a\\\\tb"));
  CHECK_FALSE(question.excluded);
  CHECK(question_of_name(index, "a\\\\tb").excluded == 1);
  CHECK(question_of_name(index, "a\tb").excluded == 0);
}

TEST_CASE("a name that is not indexed is an error") {
  ListedIndex index({{"a", {1, 0}}});
  CHECK(question_of_name(index, "nowhere/b").error ==
        "no image of that name in list");
  CHECK(question_of_name(index, "/").error ==
        "no image of that name in list: to ask by its picture, leave out "
        "--like");
}

TEST_CASE("a feature is asked at length 1") {
  Question question;
  set_feature(question, Floats{3, 4}.data(), 2);
  REQUIRE(question.unit.size() == 2);
  CHECK(question.unit[0] == doctest::Approx(0.6));
  CHECK(question.unit[1] == doctest::Approx(0.8));
  CHECK(question.error.empty());
}

TEST_CASE("a feature that is not a number is an error") {
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(),
                          std::numeric_limits<float>::infinity()}) {
    Question question;
    set_feature(question, Floats{1, bad}.data(), 2);
    CHECK(question.error == "holds NaN or infinity");
  }
}

TEST_CASE("zeros are refused only by an index that cannot compare them") {
  ListedIndex index({{"a", {1, 0}}});
  std::vector<Question> questions(3);
  questions[0].unit = {0, 0};
  questions[1].unit = {1, 0};
  questions[2].error = "another";
  refuse_zeros(index, questions);
  CHECK(questions[0].error.empty());
  index.refuse_zeros();
  refuse_zeros(index, questions);
  CHECK(questions[0].error == "all zeros, which list cannot compare");
  CHECK(questions[1].error.empty());
  CHECK(questions[2].error == "another");
}
