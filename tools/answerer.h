// Answers questions from an index, by its graph or by exact search.
#pragma once

#include "question.h"

#include "base/hit.h"
#include "index/index.h"

#include <limits>
#include <vector>

namespace imsearch {

struct AnswerParams {
  SearchParams search;
  bool exact = false;  // compare with every row
  float threshold = -std::numeric_limits<float>::infinity();  // similarity
  unsigned threads = 0;                                       // 0: all CPUs
};

/// One thread at a time; uses several for several questions. The answer to a
/// question is the same alone and among others.
class Answerer {
 public:
  /// `index` must outlive it. Throws Error if exact search is asked for and the
  /// vectors are gone.
  Answerer(const Index& index, const AnswerParams& params);

  /// The hits of each question, in order; none for a question with an error.
  std::vector<Hits> answer(const std::vector<Question>& questions);

 private:
  Hits search(const Question& question, Searcher& searcher) const;
  void drop_distant(Hits& hits) const;

  const Index* index_;
  AnswerParams params_;
  std::vector<Searcher> searchers_;  // one per thread
};

}  // namespace imsearch
