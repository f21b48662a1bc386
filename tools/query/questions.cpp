// Rows, names and vectors as questions; each may be an error of its own without
// stopping the others.
//
// Names arrive as someone copied them, either from the index or from a line
// that query printed, where tabs and newlines are escaped. Both are looked up,
// and where they are two images, neither is guessed.
#include "query/questions.h"

#include "archive/member_cursor.h"
#include "base/error.h"
#include "base/matrix.h"
#include "io/file.h"
#include "io/text.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace imsearch {
namespace {

constexpr const char* kNotFinite = "holds NaN or infinity";

void ask_row(const SearchIndex& index, StoredRow row, Question& question) {
  question.picture = index.picture(row.row, row.name);
  question.name = std::move(row.name);
  question.unit = std::move(row.unit);
  // An image would be its own nearest neighbour, which nobody asks for.
  question.excluded = row.row;
  question.error = std::move(row.error);
}

}  // namespace

Question question_of_row(SearchIndex& index, std::size_t row) {
  Question question;
  question.number = row;
  if (std::optional<StoredRow> stored = index.row(row))
    ask_row(index, std::move(*stored), question);
  else if (row >= index.rows())
    question.error =
        fmt::format("no such row: {} has {}", index.where(), index.rows());
  else  // deleted: only a service forgets such rows
    question.error = fmt::format("no such row in {}", index.where());
  return question;
}

Question question_of_name(SearchIndex& index, const std::string& name) {
  Question question;
  question.text = name;
  const std::string shown = unescape_field(name);
  std::optional<StoredRow> stored = index.find(name);
  std::optional<StoredRow> other;
  // A lookup at a service is a request: not where it would be the same one.
  if (shown != name) other = index.find(shown);
  if (stored && other)
    question.error = fmt::format(
        "is the name of one image in {}, and another's as query prints it: "
        "name the first {}, the other in its own bytes",
        index.where(), escape_field(name));
  else if (stored || other)
    ask_row(index, std::move(stored ? *stored : *other), question);
  else
    question.error = fmt::format(
        "no image of that name in {}{}", index.where(),
        image_exists(name) ? ": to ask by its picture, leave out --like" : "");
  return question;
}

void refuse_zeros(const SearchIndex& index, std::vector<Question>& questions) {
  if (index.takes_zero_queries()) return;
  for (Question& question : questions)
    if (question.error.empty() &&
        is_zero_row(question.unit.data(), index.dim()))
      question.error = "all zeros, which " + index.where() + " cannot compare";
}

void set_feature(Question& question, const float* feature, std::size_t dim) {
  question.unit.resize(dim);
  if (!normalize(feature, dim, question.unit.data()))
    question.error = kNotFinite;
}

VectorQuestions::VectorQuestions(const SearchIndex& index,
                                 const std::string& path)
    : dim_(index.dim()) {
  if (is_stream(path))
    stream_ = std::make_unique<RowStream>(path, dim_);
  else
    file_ = std::make_unique<VectorSet>(open_query_vectors(index, path));
}

std::vector<Question> VectorQuestions::next() {
  return file_ ? next_of_file() : next_of_stream();
}

std::vector<Question> VectorQuestions::next_of_file() {
  const std::size_t end = std::min(row_ + RowStream::kMostRows, file_->rows());
  std::vector<Question> questions(end - row_);
  for (Question& question : questions) {
    question.number = row_;
    question.unit.resize(dim_);
    // Row by row: one with NaN is an error of its own.
    try {
      file_->read_unit(row_, question.unit.data());
    } catch (const Error& e) {
      question.error = e.what();
    }
    ++row_;
  }
  return questions;
}

// Each row that a program has written is asked for at once: it may wait for the
// answer before it writes the next.
std::vector<Question> VectorQuestions::next_of_stream() {
  const std::vector<float> rows = stream_->next();
  std::vector<Question> questions(rows.size() / dim_);
  for (std::size_t i = 0; i < questions.size(); ++i) {
    questions[i].number = row_++;
    set_feature(questions[i], rows.data() + i * dim_, dim_);
  }
  return questions;
}

}  // namespace imsearch
