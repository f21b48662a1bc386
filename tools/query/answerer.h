// Answers questions from an index, by its graph or by exact search.
#pragma once

#include "query/questions.h"

#include "search/search_index.h"

#include <cstddef>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace imsearch {

struct AnswerParams {
  SearchParams search;
  float threshold = -std::numeric_limits<float>::infinity();  // similarity
  /// Leaves out what is at least as similar to an answer above it.
  std::optional<float> distinct = {};
  bool self = false;     // an image that is asked for may be its own answer
  unsigned threads = 0;  // 0: all CPUs
};

/// One thread at a time; uses several for several questions. The answer to a
/// question is the same alone and among others.
class Answerer {
 public:
  /// `index` must outlive it. Throws Error if the index cannot be asked so.
  Answerer(SearchIndex& index, const AnswerParams& params);

  /// The answer to each question, in order, with names; empty for a question
  /// with an error. A question that meets a row which cannot be compared
  /// (RowError) gets an error; others are answered. Throws Error.
  std::vector<Answer> answer(std::vector<Question>& questions);

 private:
  /// One thread's sessions, by how many hits they ask for.
  using Sessions = std::map<std::size_t, std::unique_ptr<SearchSession>>;

  struct Place {
    Question* question;
    Answer* answer;
  };

  SearchSession& session_of(Sessions& sessions, std::size_t hits) const;
  SearchQuery query_of(const Question& question) const;
  std::size_t hits_for(const Question& question) const;
  std::size_t most_hits() const;
  /// Answers questions that ask for so many hits.
  void answer_together(Sessions& sessions, std::size_t hits,
                       const std::vector<Place>& places);
  void answer_one(Sessions& sessions, Question& question, Answer& answer);
  /// Leaves out what is not wanted of an answer to `hits`, and asks for more
  /// while too few are left.
  void complete(Sessions& sessions, const Question& question, std::size_t hits,
                Answer& answer);
  /// Leaves out what is not wanted; true if there are no more to be had.
  bool leave_out(std::size_t hits, const Question& question, Answer& answer);
  void drop_distant(Answer& answer) const;
  void leave_out_own(const Question& question, Answer& answer) const;
  void leave_out_duplicates(Answer& answer);

  SearchIndex* index_;
  AnswerParams params_;
  std::vector<Sessions> sessions_;  // one per thread
  std::mutex reading_;  // index_ reads rows for one thread at a time
};

}  // namespace imsearch
