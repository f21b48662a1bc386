// Rows, names and vectors as questions; each may be an error of its own without
// stopping the others.
#include "query/questions.h"

#include "common/query_rows.h"

#include "base/error.h"
#include "base/matrix.h"
#include "io/file.h"
#include "io/text.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

namespace imsearch {
namespace {

// Enough to share out over threads, and for exact search to read each vector
// once for many questions: 5 MB at 1280 floats.
constexpr std::size_t kBlockRows = 1024;

constexpr const char* kNotFinite = "holds NaN or infinity";

void ask_row(StoredRow row, Question& question) {
  question.picture = std::move(row.name);
  question.unit = std::move(row.unit);
  question.excluded = row.row;
  question.error = std::move(row.error);
}

}  // namespace

Question question_of_row(SearchIndex& index, std::size_t row) {
  Question question;
  question.number = row;
  if (std::optional<StoredRow> stored = index.row(row))
    ask_row(std::move(*stored), question);
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
  if (shown != name) other = index.find(shown);
  if (stored && other)
    question.error = fmt::format(
        "is the name of one image in {}, and another's as query prints it: "
        "name the first {}, the other in its own bytes",
        index.where(), escape_field(name));
  else if (stored || other)
    ask_row(std::move(stored ? *stored : *other), question);
  else
    question.error = fmt::format(
        "no image of that name in {}{}", index.where(),
        file_exists(name) ? ": to ask by its picture, leave out --like" : "");
  return question;
}

void refuse_zeros(const SearchIndex& index, std::vector<Question>& questions) {
  if (index.takes_zero_queries()) return;
  for (Question& question : questions)
    if (question.error.empty() &&
        is_zero_row(question.unit.data(), index.dim()))
      question.error = "all zeros, which " + index.where() + " cannot compare";
}

void set_feature(Question& question, const std::vector<float>& feature) {
  question.unit.resize(feature.size());
  if (!normalize(feature.data(), feature.size(), question.unit.data()))
    question.error = kNotFinite;
}

VectorQuestions::VectorQuestions(const SearchIndex& index,
                                 const std::string& path)
    : dim_(index.dim()) {
  if (is_stream(path))
    stream_ = std::make_unique<InputFile>(path);
  else
    file_ = std::make_unique<VectorSet>(open_query_vectors(index, path));
}

std::vector<Question> VectorQuestions::next() {
  return file_ ? next_of_file() : next_of_stream();
}

std::vector<Question> VectorQuestions::next_of_file() {
  const std::size_t end = std::min(row_ + kBlockRows, file_->rows());
  std::vector<Question> questions(end - row_);
  for (Question& question : questions) {
    question.number = row_;
    question.unit.resize(dim_);
    try {
      file_->read_unit(row_, question.unit.data());
    } catch (const Error& e) {
      question.error = e.what();
    }
    ++row_;
  }
  return questions;
}

/// Appends what the stream has, at most `wanted`; false at its end.
bool VectorQuestions::read_more(std::size_t wanted) {
  const std::size_t before = pending_.size();
  pending_.resize(before + wanted);
  const std::size_t got = stream_->read(pending_.data() + before, wanted);
  pending_.resize(before + got);
  return got > 0;
}

std::vector<Question> VectorQuestions::next_of_stream() {
  const std::size_t row_bytes = dim_ * sizeof(float);
  while (pending_.size() < row_bytes)
    if (!read_more(kBlockRows * row_bytes - pending_.size())) {
      if (pending_.empty()) return {};
      fail("{}: {} bytes after row {}, a row of {} floats has {}",
           stream_->name(), pending_.size(), row_, dim_, row_bytes);
    }
  std::vector<Question> questions(pending_.size() / row_bytes);
  std::vector<float> feature(dim_);
  std::size_t at = 0;
  for (Question& question : questions) {
    std::memcpy(feature.data(), pending_.data() + at, row_bytes);
    at += row_bytes;
    question.number = row_++;
    set_feature(question, feature);
  }
  pending_.erase(0, at);
  return questions;
}

}  // namespace imsearch
