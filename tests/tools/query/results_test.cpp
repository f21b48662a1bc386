// What query prints: lines with tabs, or JSON Lines.
#include "query/answer_printer.h"

#include "support/captured.h"
#include "support/listed_index.h"

#include <doctest/doctest.h>

#include <string>

TEST_SUITE_BEGIN("tools");

using namespace imsearch;
using imsearch::test::complained_by;
using imsearch::test::printed_by;

namespace {

Question asked(const std::string& text) {
  Question question;
  question.text = text;
  return question;
}

/// Similarities are 1 - distance / 2: .875 and .5.
Answer two_neighbours() {
  Answer answer;
  answer.hits = {{7, 0.25F}, {2, 1.0F}};
  answer.names = {"a.jpg", "b.jpg"};
  return answer;
}

const test::ListedIndex& listed() {
  static const test::ListedIndex kListed({{"a.jpg", {1, 0}}});
  return kListed;
}

std::string printed(const AnswerFormat& format, const Question& question,
                    const Answer& answer) {
  AnswerPrinter results(listed(), format);
  return printed_by([&] { results.print(question, answer); });
}

AnswerFormat json() {
  AnswerFormat format;
  format.json = true;
  return format;
}

}  // namespace

TEST_CASE("a line is question, rank, similarity and name") {
  CHECK(printed({}, asked("q.jpg"), two_neighbours()) ==
        "q.jpg\t1\t0.875000\ta.jpg\n"
        "q.jpg\t2\t0.500000\tb.jpg\n");
}

TEST_CASE("a row or a vector is called by its number") {
  Question question;
  question.number = 42;
  Answer answer = two_neighbours();
  CHECK(printed({}, question, answer).substr(0, 5) == "42\t1\t");
  CHECK(printed(json(), question, {}).substr(0, 12) == R"({"query":42,)");
}

TEST_CASE("tabs and newlines in names stay within their field") {
  Answer answer = two_neighbours();
  answer.names[0] = "a\tb\n.jpg";
  answer.hits.resize(1);
  CHECK(printed({}, asked("q\n"), answer) ==
        "q\\n\t1\t0.875000\ta\\tb\\n.jpg\n");
}

TEST_CASE("an empty line ends each answer where someone waits for it") {
  AnswerFormat format;
  format.stream = true;
  CHECK(printed(format, asked("q"), {}) == "\n");
  CHECK(printed({}, asked("q"), {}).empty());
}

TEST_CASE("a JSON line has the answer and how it was found") {
  AnswerFormat format = json();
  format.exact = true;
  CHECK(printed(format, asked("q"), two_neighbours()) ==
        R"({"query":"q","exact":true,"exact_similarities":false,"neighbors":[)"
        R"({"rank":1,"row":7,"similarity":0.875,"name":"a.jpg"},)"
        R"({"rank":2,"row":2,"similarity":0.5,"name":"b.jpg"}]})"
        "\n");
}

TEST_CASE("JSON has the six decimals of the table, and no more") {
  Answer answer;
  answer.hits = {{0, 0.2469136F}};  // 0.8765432
  answer.names = {"a"};
  CHECK(printed(json(), asked("q"), answer).find("\"similarity\":0.876543,") !=
        std::string::npos);
}

TEST_CASE("names that are not UTF-8 come as base64 beside") {
  Answer answer;
  answer.hits = {{0, 0.0F}};
  answer.names = {"\xE9"};
  CHECK(printed(json(), asked("\xE9"), answer) ==
        "{\"query\":\"\xEF\xBF\xBD\",\"query_base64\":\"6Q==\",\"exact\":false,"
        "\"exact_similarities\":false,\"neighbors\":[{\"rank\":1,\"row\":0,"
        "\"similarity\":1.0,\"name\":\"\xEF\xBF\xBD\",\"name_base64\":\"6Q==\"}"
        "]}\n");
}

TEST_CASE("an error is complained of, and told in JSON instead of neighbours") {
  Question question = asked("a\tb");
  question.error = "no such image";
  AnswerPrinter results(listed(), json());
  CHECK_FALSE(results.failed());
  std::string out;
  const std::string err = complained_by(
      [&] { out = printed_by([&] { results.print(question, {}); }); });
  CHECK(err == "imsearch: a\\tb: no such image\n");
  CHECK(out == R"({"query":"a\tb","error":"no such image"})"
               "\n");
  CHECK(results.failed());
  printed_by([&] { results.print(asked("good"), two_neighbours()); });
  CHECK(results.failed());
}
