#include "answerer.h"

#include "base/error.h"
#include "base/parallel_for.h"

#include <algorithm>

namespace imsearch {

Answerer::Answerer(const Index& index, const AnswerParams& params)
    : index_(&index), params_(params) {
  if (params_.threads == 0) params_.threads = usable_cpus();
  if (params_.exact && index.vectors() == nullptr)
    fail(
        "{}: exact search needs the vectors: {}: put them back, or leave out "
        "--exact",
        index.path(), index.why_no_vectors());
}

Hits Answerer::search(const Question& question, Searcher& searcher) const {
  if (!question.error.empty()) return {};
  const float* unit = question.unit.data();
  return params_.exact
             ? searcher.search_exactly(unit, params_.search.k,
                                       question.leave_out)
             : searcher.search(unit, params_.search, question.leave_out);
}

void Answerer::drop_distant(Hits& hits) const {
  hits.erase(std::find_if(hits.begin(), hits.end(),
                          [&](const Hit& hit) {
                            return hit.similarity() < params_.threshold;
                          }),
             hits.end());
}

std::vector<Hits> Answerer::answer(const std::vector<Question>& questions) {
  const auto threads = static_cast<unsigned>(
      std::min<std::size_t>(params_.threads, questions.size()));
  while (searchers_.size() < threads) searchers_.emplace_back(*index_);
  std::vector<Hits> answers(questions.size());
  parallel_for(questions.size(), 1, threads,
               [&](std::size_t begin, std::size_t end, unsigned thread) {
                 for (std::size_t i = begin; i < end; ++i) {
                   answers[i] = search(questions[i], searchers_[thread]);
                   drop_distant(answers[i]);
                 }
               });
  return answers;
}

}  // namespace imsearch
