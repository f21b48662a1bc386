// Shares questions out over threads, each with a session of its own. An answer
// never depends on which thread gave it.
#include "query/answerer.h"

#include "base/parallel_for.h"
#include "index/index.h"

#include <algorithm>

namespace imsearch {

Answerer::Answerer(const SearchIndex& index, const AnswerParams& params)
    : index_(&index), params_(params) {
  params_.search.names = true;
  if (params_.threads == 0) params_.threads = usable_cpus();
  // The first at once: it refuses what the index cannot be asked, before
  // anything is read or printed.
  sessions_.push_back(index.session(params_.search));
}

void Answerer::drop_distant(Answer& answer) const {
  // Hits are sorted, so all behind the first that is too far go with it.
  const auto distant = std::find_if(
      answer.hits.begin(), answer.hits.end(),
      [&](const Hit& hit) { return hit.similarity() < params_.threshold; });
  answer.names.resize(static_cast<std::size_t>(distant - answer.hits.begin()));
  answer.hits.erase(distant, answer.hits.end());
}

void Answerer::answer_one(SearchSession& session, Question& question,
                          Answer& answer) const {
  try {
    answer = session.ask(question.unit.data(), question.excluded);
    drop_distant(answer);
  } catch (const RowError& e) {
    // One row of the vectors is not what was indexed: others may be.
    question.error = e.what();
  }
}

std::vector<Answer> Answerer::answer(std::vector<Question>& questions) {
  const auto threads = static_cast<unsigned>(
      std::min<std::size_t>(params_.threads, questions.size()));
  while (sessions_.size() < threads)
    sessions_.push_back(index_->session(params_.search));
  std::vector<Answer> answers(questions.size());
  parallel_for(questions.size(), 1, threads,
               [&](std::size_t begin, std::size_t end, unsigned thread) {
                 for (std::size_t i = begin; i < end; ++i)
                   if (questions[i].error.empty())
                     answer_one(*sessions_[thread], questions[i], answers[i]);
               });
  return answers;
}

}  // namespace imsearch
