#include "query/answer_printer.h"

#include "common/cli.h"
#include "common/standard_streams.h"

#include "io/text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <string>
#include <string_view>

namespace imsearch {
namespace {

using Json = nlohmann::ordered_json;

/// The shortest number that says the six decimals which the table shows.
double six_decimals(float similarity) {
  return std::round(static_cast<double>(similarity) * 1e6) / 1e6;
}

/// JSON strings are UTF-8: bytes that are not travel beside them.
void add_text(Json& object, const std::string& key, std::string_view bytes) {
  object[key] = to_utf8(bytes);
  if (!is_utf8(bytes)) object[key + "_base64"] = base64(bytes);
}

}  // namespace

void AnswerPrinter::print(const Question& question, const Answer& answer) {
  if (!question.error.empty()) {
    failed_ = true;
    cli::say(escape_field(question.label()) + ": " + question.error);
  }
  if (format_.json)
    print_object(question, answer);
  else
    print_lines(question, answer);
  if (format_.stream) flush_output();
}

void AnswerPrinter::print_lines(const Question& question,
                                const Answer& answer) const {
  const std::string asked = escape_field(question.label());
  for (std::size_t i = 0; i < answer.hits.size(); ++i)
    imsearch::print(fmt::format("{}\t{}\t{:.6f}\t{}\n", asked, i + 1,
                                answer.hits[i].similarity(),
                                escape_field(answer.names[i])));
  if (format_.stream) imsearch::print("\n");
}

void AnswerPrinter::print_object(const Question& question,
                                 const Answer& answer) const {
  Json object;
  if (question.number)
    object["query"] = *question.number;
  else
    add_text(object, "query", question.text);
  if (!question.error.empty()) {
    object["error"] = to_utf8(question.error);
  } else {
    object["exact"] = format_.exact;
    object["exact_similarities"] = format_.exact_similarities;
    object["neighbors"] = Json::array();
    for (std::size_t i = 0; i < answer.hits.size(); ++i) {
      const Hit& hit = answer.hits[i];
      Json neighbor = {{"rank", i + 1},
                       {"row", hit.row},
                       {"similarity", six_decimals(hit.similarity())}};
      add_text(neighbor, "name", answer.names[i]);
      object["neighbors"].push_back(std::move(neighbor));
    }
  }
  imsearch::print(json_without_controls(object.dump()) + "\n");
}

}  // namespace imsearch
