#include "answerer.h"

#include "base/parallel_for.h"

#include <algorithm>

namespace imsearch {

Answerer::Answerer(const SearchedIndex& index, const AnswerParams& params)
    : index_(&index), params_(params) {
  if (params_.threads == 0) params_.threads = usable_cpus();
  askers_.push_back(index.asker(params_.ask));
}

void Answerer::drop_distant(Neighbors& neighbors) const {
  neighbors.erase(std::find_if(neighbors.begin(), neighbors.end(),
                               [&](const Neighbor& neighbor) {
                                 return neighbor.hit.similarity() <
                                        params_.threshold;
                               }),
                  neighbors.end());
}

void Answerer::answer_one(Asker& asker, Question& question,
                          Neighbors& answer) const {
  try {
    answer = asker.ask(question.unit.data(), question.leave_out);
    drop_distant(answer);
  } catch (const RowError& e) {
    question.error = e.what();
  }
}

std::vector<Neighbors> Answerer::answer(std::vector<Question>& questions) {
  const auto threads = static_cast<unsigned>(
      std::min<std::size_t>(params_.threads, questions.size()));
  while (askers_.size() < threads)
    askers_.push_back(index_->asker(params_.ask));
  std::vector<Neighbors> answers(questions.size());
  parallel_for(questions.size(), 1, threads,
               [&](std::size_t begin, std::size_t end, unsigned thread) {
                 for (std::size_t i = begin; i < end; ++i)
                   if (questions[i].error.empty())
                     answer_one(*askers_[thread], questions[i], answers[i]);
               });
  return answers;
}

}  // namespace imsearch
