// Answers to several questions, on an index of four rows in the plane.
#include "query/answerer.h"

#include "support/listed_index.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

TEST_SUITE_BEGIN("tools");

using namespace imsearch;
using imsearch::test::ListedIndex;

namespace {

/// To (1, 0) the similarities are 1, .8, 0 and -1.
ListedIndex compass() {
  return ListedIndex({{"east", {1, 0}},
                      {"near", {0.8F, 0.6F}},
                      {"north", {0, 1}},
                      {"west", {-1, 0}}});
}

Question question(std::vector<float> unit) {
  Question asked;
  asked.unit = std::move(unit);
  return asked;
}

using NameList = std::vector<std::string>;

}  // namespace

TEST_CASE("each question has its answer, in order, with names") {
  ListedIndex index = compass();
  AnswerParams params;
  params.search.k = 2;
  params.threads = 3;
  std::vector<Question> questions;
  for (int i = 0; i < 20; ++i) {
    questions.push_back(question({1, 0}));
    questions.push_back(question({-1, 0}));
  }
  const auto answers = Answerer(index, params).answer(questions);
  REQUIRE(answers.size() == 40);
  for (std::size_t i = 0; i < answers.size(); i += 2) {
    CHECK(answers[i].names == NameList{"east", "near"});
    CHECK(answers[i + 1].names == NameList{"west", "north"});
  }
}

TEST_CASE("a row that is asked for does not answer") {
  ListedIndex index = compass();
  std::vector<Question> questions = {question({1, 0})};
  questions[0].excluded = 0;
  AnswerParams params;
  params.search.k = 1;
  CHECK(Answerer(index, params).answer(questions)[0].names == NameList{"near"});
}

TEST_CASE("answers below the threshold are dropped with their names") {
  ListedIndex index = compass();
  AnswerParams params;
  params.search.k = 4;
  const auto names_at = [&](float threshold) {
    params.threshold = threshold;
    std::vector<Question> questions = {question({1, 0})};
    const Answer answer = Answerer(index, params).answer(questions)[0];
    CHECK(answer.hits.size() == answer.names.size());
    return answer.names;
  };
  CHECK(names_at(0.5F) == NameList{"east", "near"});
  CHECK(names_at(1) == NameList{"east"});  // the threshold itself is kept
  CHECK(names_at(-1) == NameList{"east", "near", "north", "west"});
  CHECK(names_at(1.5F).empty());
}

TEST_CASE("a question with an error is not asked") {
  ListedIndex index = compass();
  std::vector<Question> questions = {question({}), question({1, 0})};
  questions[0].error = "no such row";
  const auto answers = Answerer(index, {}).answer(questions);
  CHECK(answers[0].hits.empty());
  CHECK(questions[0].error == "no such row");
  CHECK(answers[1].hits.size() == 4);
}

TEST_CASE("a damaged row is an error of the questions that meet it") {
  ListedIndex index = compass();
  index.damage(3);
  std::vector<Question> questions = {question({1, 0}), question({-1, 0}),
                                     question({0, 1})};
  const auto answers = Answerer(index, {}).answer(questions);
  CHECK(questions[0].error.empty());
  CHECK(questions[1].error == "row is damaged");
  CHECK(answers[1].hits.empty());
  CHECK(answers[2].hits.size() == 4);
}

TEST_CASE("no questions have no answers") {
  ListedIndex index = compass();
  std::vector<Question> none;
  CHECK(Answerer(index, {}).answer(none).empty());
}

TEST_CASE("rows of a question's own are left out, and others come up") {
  ListedIndex index = compass();
  AnswerParams params;
  params.search.k = 2;
  std::vector<Question> questions = {question({1, 0}), question({1, 0})};
  questions[0].own_rows = {0, 2};
  const auto answers = Answerer(index, params).answer(questions);
  CHECK(answers[0].names == NameList{"near", "west"});
  CHECK(answers[1].names == NameList{"east", "near"});
  params.self = true;
  questions[1].excluded = 0;
  const auto with_self = Answerer(index, params).answer(questions);
  CHECK(with_self[0].names == NameList{"east", "near"});
  CHECK(with_self[1].names == NameList{"east", "near"});
}

TEST_CASE("duplicates of answers above are left out, as long as there are") {
  ListedIndex index = compass();
  AnswerParams params;
  params.search.k = 2;
  params.distinct = 0.5F;
  std::vector<Question> questions = {question({1, 0})};
  CHECK(Answerer(index, params).answer(questions)[0].names ==
        NameList{"east", "north"});
  params.distinct = 0.9F;
  CHECK(Answerer(index, params).answer(questions)[0].names ==
        NameList{"east", "near"});
  params.search.k = 4;
  params.distinct = -1.0F;
  CHECK(Answerer(index, params).answer(questions)[0].names == NameList{"east"});
}
