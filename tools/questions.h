// The questions behind query's options: rows, indexed names, vectors.
#pragma once

#include "question.h"
#include "searched_index.h"

#include "index/vector_set.h"

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace imsearch {

/// An indexed row; it leaves itself out of its answer.
Question question_of_row(SearchedIndex& index, std::size_t row);

/// The first row of that name, as query prints it or in its own bytes; an error
/// where these are names of two images.
Question question_of_name(SearchedIndex& index, const std::string& name);

/// Makes questions of zeros errors where `index` has no answer to them.
void refuse_zeros(const SearchedIndex& index, std::vector<Question>& questions);

/// Sets question.unit to `feature` at length 1, or the error.
void set_feature(Question& question, const std::vector<float>& feature);

/// The rows of a file of vectors, or of standard input, a block at a time.
class VectorQuestions {
 public:
  /// `path` "-": raw float32 of the index's dim on standard input. Throws
  /// Error, also for vectors of another model.
  VectorQuestions(const SearchedIndex& index, const std::string& path);

  /// The next rows, in order; empty at the end. A row that holds NaN or
  /// infinity is a question with an error. From standard input come the rows
  /// that are there, at least one. Throws Error: a partial last row.
  std::vector<Question> next();

 private:
  std::vector<Question> next_of_file();
  std::vector<Question> next_of_input();

  std::size_t dim_;
  std::size_t row_ = 0;              // of the next question
  std::unique_ptr<VectorSet> file_;  // null: standard input
  std::string pending_;              // bytes of a row that is not whole yet
};

}  // namespace imsearch
