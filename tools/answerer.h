// Answers questions from an index, by its graph or by exact search.
#pragma once

#include "question.h"
#include "searched_index.h"

#include <limits>
#include <memory>
#include <vector>

namespace imsearch {

struct AnswerParams {
  AskParams ask;
  float threshold = -std::numeric_limits<float>::infinity();  // similarity
  unsigned threads = 0;                                       // 0: all CPUs
};

/// One thread at a time; uses several for several questions. The answer to a
/// question is the same alone and among others.
class Answerer {
 public:
  /// `index` must outlive it. Throws Error if the index cannot be asked so.
  Answerer(const SearchedIndex& index, const AnswerParams& params);

  /// The neighbours for each question, in order; none for a question with an
  /// error. A question that meets a row which cannot be compared (RowError)
  /// gets an error; others are answered. Throws Error.
  std::vector<Neighbors> answer(std::vector<Question>& questions);

 private:
  void answer_one(Asker& asker, Question& question, Neighbors& answer) const;
  void drop_distant(Neighbors& neighbors) const;

  const SearchedIndex* index_;
  AnswerParams params_;
  std::vector<std::unique_ptr<Asker>> askers_;  // one per thread
};

}  // namespace imsearch
