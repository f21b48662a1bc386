#include "answerer.h"

#include "base/error.h"
#include "base/parallel_for.h"
#include "index/flat.h"

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

std::vector<Hits> Answerer::answer(const std::vector<Question>& questions) {
  std::vector<Hits> answers = params_.exact ? scan(questions) : walk(questions);
  for (Hits& hits : answers)
    hits.erase(std::find_if(hits.begin(), hits.end(),
                            [&](const Hit& hit) {
                              return hit.similarity() < params_.threshold;
                            }),
               hits.end());
  return answers;
}

std::vector<Hits> Answerer::walk(const std::vector<Question>& questions) {
  const auto threads = static_cast<unsigned>(
      std::min<std::size_t>(params_.threads, questions.size()));
  while (searchers_.size() < threads) searchers_.emplace_back(*index_);
  std::vector<Hits> answers(questions.size());
  parallel_for(questions.size(), 1, threads,
               [&](std::size_t begin, std::size_t end, unsigned thread) {
                 for (std::size_t i = begin; i < end; ++i)
                   if (questions[i].error.empty())
                     answers[i] = searchers_[thread].search(
                         questions[i].unit.data(), params_.search,
                         questions[i].leave_out);
               });
  return answers;
}

std::vector<Hits> Answerer::scan(const std::vector<Question>& questions) const {
  std::vector<std::size_t> good;
  for (std::size_t i = 0; i < questions.size(); ++i)
    if (questions[i].error.empty()) good.push_back(i);
  Matrix units(good.size(), index_->dim());
  std::vector<std::optional<std::uint32_t>> leave_out(good.size());
  for (std::size_t g = 0; g < good.size(); ++g) {
    const Question& question = questions[good[g]];
    std::copy(question.unit.begin(), question.unit.end(), units.row(g));
    leave_out[g] = question.leave_out;
  }
  std::vector<Hits> found =
      search_flat(*index_->vectors(), units.view(), params_.search.k,
                  params_.threads, leave_out);
  std::vector<Hits> answers(questions.size());
  for (std::size_t g = 0; g < good.size(); ++g)
    answers[good[g]] = std::move(found[g]);
  return answers;
}

}  // namespace imsearch
