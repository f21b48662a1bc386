// Answers questions from an index, by its graph or by exact search.
#pragma once

#include "query/questions.h"

#include "search/search_index.h"

#include <limits>
#include <memory>
#include <vector>

namespace imsearch {

struct AnswerParams {
  SearchParams search;
  float threshold = -std::numeric_limits<float>::infinity();  // similarity
  unsigned threads = 0;                                       // 0: all CPUs
};

/// One thread at a time; uses several for several questions. The answer to a
/// question is the same alone and among others.
class Answerer {
 public:
  /// `index` must outlive it. Throws Error if the index cannot be asked so.
  Answerer(const SearchIndex& index, const AnswerParams& params);

  /// The answer to each question, in order, with names; empty for a question
  /// with an error. A question that meets a row which cannot be compared
  /// (RowError) gets an error; others are answered. Throws Error.
  std::vector<Answer> answer(std::vector<Question>& questions);

 private:
  void answer_one(SearchSession& session, Question& question,
                  Answer& answer) const;
  void drop_distant(Answer& answer) const;

  const SearchIndex* index_;
  AnswerParams params_;
  std::vector<std::unique_ptr<SearchSession>> sessions_;  // one per thread
};

}  // namespace imsearch
