#include "query/operands.h"

#include "base/error.h"
#include "base/matrix.h"
#include "index/vector_set.h"
#include "io/file.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <utility>

namespace imsearch {
namespace {

Question resolved(const std::string& image, SearchIndex& index,
                  ImageQuestions& images) {
  Question question;
  if (!file_exists(image)) {
    question = question_of_name(index, image);
    // Told as what it is first of all: a file that is not there.
    if (question.error.empty()) return question;
  }
  images.ask_each({image}, [&](std::vector<Question> asked) {
    question = std::move(asked.front());
  });
  return question;
}

std::string weight_text(float weight) {
  return weight == 1 ? "" : fmt::format("{}:", weight);
}

}  // namespace

Operand Operand::parse(const std::string& text, bool minus) {
  Operand operand = {text, 1};
  const std::size_t colon = text.find(':');
  if (colon != std::string::npos) {
    const char* end = text.data() + colon;
    float weight = 0;
    const auto [stop, code] = std::from_chars(text.data(), end, weight);
    if (code == std::errc() && stop == end) {
      if (!(weight > 0) || !std::isfinite(weight))
        fail("{}: a weight must be above 0", text);
      operand = {text.substr(colon + 1), weight};
    }
  }
  if (operand.image.empty()) fail("{}: no image behind the weight", text);
  if (minus) operand.weight = -operand.weight;
  return operand;
}

Operands::Operands(const std::vector<Operand>& operands, SearchIndex& index,
                   ImageQuestions& images) {
  for (const Operand& operand : operands) {
    Question question = resolved(operand.image, index, images);
    if (!question.error.empty())
      fail("{} {}: {}", operand.weight > 0 ? "--plus" : "--minus",
           operand.image, question.error);
    terms_.push_back({operand, std::move(question)});
  }
}

void Operands::add_to(Question& question) const {
  if (!question.error.empty() || terms_.empty()) return;
  std::vector<float> sum = question.unit;
  std::string text = question.label();
  for (const Term& term : terms_) {
    const Question& added = term.question;
    sum.resize(added.unit.size());
    for (std::size_t i = 0; i < sum.size(); ++i)
      sum[i] += term.operand.weight * added.unit[i];
    const bool minus = term.operand.weight < 0;
    if (!text.empty() || minus)
      text += text.empty() ? "- " : minus ? " - " : " + ";
    text += weight_text(std::fabs(term.operand.weight)) + term.operand.image;
    if (added.excluded) question.own_rows.push_back(*added.excluded);
    question.own_pictures.insert(question.own_pictures.end(),
                                 added.own_pictures.begin(),
                                 added.own_pictures.end());
    if (question.picture.empty() && !minus) question.picture = added.picture;
  }
  question.number.reset();
  question.text = std::move(text);
  question.unit.resize(sum.size());
  normalize(sum.data(), sum.size(), question.unit.data());
  if (is_zero_row(question.unit.data(), question.unit.size()))
    question.error = "these images cancel each other out";
}

Question Operands::alone() const {
  Question question;
  add_to(question);
  return question;
}

}  // namespace imsearch
