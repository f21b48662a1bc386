// The questions that query is asked, whatever it is asked by, and those behind
// its options for rows, indexed names and vectors.
#pragma once

#include "common/query_rows.h"

#include "index/vector_set.h"
#include "search/search_index.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace imsearch {

/// One thing that query is asked.
struct Question {
  std::string text;                       // as asked: a path or a name
  std::optional<std::size_t> number;      // instead of text: a row, a vector
  std::string name;                       // of the row that is asked for
  std::string picture;                    // its image file; empty: none
  std::vector<float> unit;                // the query: a unit vector, or zero
  std::optional<std::uint32_t> excluded;  // a row that is not an answer
  // Further ones: rows, and rows of these image files.
  std::vector<std::uint32_t> own_rows;
  std::vector<std::string> own_pictures;
  std::string error;  // not empty: why it cannot be answered

  /// The text or the number, for people and tables.
  std::string label() const { return number ? std::to_string(*number) : text; }
};

/// An indexed row; it leaves itself out of its answer.
Question question_of_row(SearchIndex& index, std::size_t row);

/// The first row of that name, as query prints it or in its own bytes; an error
/// where these are names of two images.
Question question_of_name(SearchIndex& index, const std::string& name);

/// Answers questions and shows the answers, in the order of the questions.
using Ask = std::function<void(std::vector<Question>)>;

/// Makes questions of zeros errors where `index` has no answer to them.
void refuse_zeros(const SearchIndex& index, std::vector<Question>& questions);

/// Sets question.unit to `feature` (dim floats) at length 1, or the error.
void set_feature(Question& question, const float* feature, std::size_t dim);

/// The rows of a file of vectors, or of a stream, a block at a time.
class VectorQuestions {
 public:
  /// Where is_stream(path), "-" among others, it gives raw float32 of the
  /// index's dim. Throws Error, also for vectors of another model.
  VectorQuestions(const SearchIndex& index, const std::string& path);

  /// The next rows, in order; empty at the end. A row that holds NaN or
  /// infinity is a question with an error. From a stream come the rows that
  /// are there, at least one. Throws Error: a partial last row.
  std::vector<Question> next();

 private:
  std::vector<Question> next_of_file();
  std::vector<Question> next_of_stream();

  std::size_t dim_;
  std::size_t row_ = 0;              // of the next question
  std::unique_ptr<VectorSet> file_;  // one of these two is null
  std::unique_ptr<RowStream> stream_;
};

}  // namespace imsearch
