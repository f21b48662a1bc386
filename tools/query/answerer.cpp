// Shares questions out over threads, each with sessions of its own. An answer
// never depends on which thread gave it.
//
// What is left out of an answer afterwards (the image itself, duplicates of
// answers) leaves room: more hits are asked for, twice as many each time, until
// there are enough or no more.
#include "query/answerer.h"

#include "archive/archive_name.h"
#include "base/parallel_for.h"
#include "index/index.h"
#include "io/file.h"
#include "io/mapped_file.h"

#include <algorithm>
#include <filesystem>
#include <numeric>
#include <system_error>

namespace imsearch {
namespace {

void erase(Answer& answer, std::size_t place) {
  const auto offset = static_cast<std::ptrdiff_t>(place);
  answer.hits.erase(answer.hits.begin() + offset);
  answer.names.erase(answer.names.begin() + offset);
}

/// Whether both are the same file, or the same member of an archive.
bool same_picture(const std::string& a, const std::string& b) {
  if (same_file(a, b)) return true;
  const auto one = file_exists(a) ? std::nullopt : member_path(a);
  const auto other = file_exists(b) ? std::nullopt : member_path(b);
  return one && other && one->member == other->member &&
         same_file(one->archive, other->archive);
}

/// Whether both are files of the same bytes. Reads them only where they are of
/// one length.
bool same_bytes(const std::string& a, const std::string& b) {
  std::error_code none;
  const auto bytes = std::filesystem::file_size(a, none);
  if (none || std::filesystem::file_size(b, none) != bytes || none)
    return false;
  try {
    const MappedFile left(a);
    const MappedFile right(b);
    return left.size() == right.size() &&
           std::equal(left.data(), left.data() + left.size(), right.data());
  } catch (const Interrupted&) {
    throw;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

Answerer::Answerer(SearchIndex& index, const AnswerParams& params)
    : index_(&index), params_(params) {
  params_.search.names = true;
  if (params_.threads == 0) params_.threads = usable_cpus();
  sessions_.resize(1);
  // The first at once: it refuses what the index cannot be asked, before
  // anything is read or printed.
  session_of(sessions_[0], params_.search.k);
}

SearchSession& Answerer::session_of(Sessions& sessions,
                                    std::size_t hits) const {
  std::unique_ptr<SearchSession>& session = sessions[hits];
  if (session == nullptr) {
    SearchParams params = params_.search;
    params.k = hits;
    session = index_->session(params);
  }
  return *session;
}

void Answerer::drop_distant(Answer& answer) const {
  // Hits are sorted, so all behind the first that is too far go with it.
  const auto distant = std::find_if(
      answer.hits.begin(), answer.hits.end(),
      [&](const Hit& hit) { return hit.similarity() < params_.threshold; });
  answer.names.resize(static_cast<std::size_t>(distant - answer.hits.begin()));
  answer.hits.erase(distant, answer.hits.end());
}

/// Of each picture one row: the same file, or else the first of the same bytes.
/// A copy of it under another name is an answer, as it is with --like.
void Answerer::leave_out_own(const Question& question, Answer& answer) const {
  for (const std::uint32_t row : question.own_rows)
    for (std::size_t i = 0; i < answer.hits.size(); ++i)
      if (answer.hits[i].row == row) {
        erase(answer, i);
        break;
      }
  for (const std::string& picture : question.own_pictures) {
    const auto first_that =
        [&](bool (*same)(const std::string&, const std::string&)) {
          std::size_t i = 0;
          while (i < answer.hits.size() &&
                 !same(picture,
                       index_->picture(answer.hits[i].row, answer.names[i])))
            ++i;
          return i;
        };
    std::size_t own = first_that(same_picture);
    if (own == answer.hits.size()) own = first_that(same_bytes);
    if (own < answer.hits.size()) erase(answer, own);
  }
}

void Answerer::leave_out_duplicates(Answer& answer) {
  const std::size_t dim = index_->dim();
  std::vector<std::uint32_t> rows;
  for (const Hit& hit : answer.hits) rows.push_back(hit.row);
  std::vector<float> units(rows.size() * dim);
  {
    const std::lock_guard<std::mutex> lock(reading_);
    index_->read_units(rows, units.data());
  }
  std::vector<const float*> kept;
  Answer distinct;
  for (std::size_t i = 0; i < rows.size() && kept.size() < params_.search.k;
       ++i) {
    const float* unit = units.data() + i * dim;
    const bool known =
        std::any_of(kept.begin(), kept.end(), [&](const float* above) {
          return std::inner_product(unit, unit + dim, above, 0.0) >=
                 static_cast<double>(*params_.distinct);
        });
    if (known) continue;
    kept.push_back(unit);
    distinct.hits.push_back(answer.hits[i]);
    distinct.names.push_back(std::move(answer.names[i]));
  }
  answer.hits = std::move(distinct.hits);
  answer.names = std::move(distinct.names);
}

SearchQuery Answerer::query_of(const Question& question) const {
  return {question.unit.data(),
          params_.self ? std::nullopt : question.excluded};
}

/// As many as answers, and as may have to be left out of them.
std::size_t Answerer::hits_for(const Question& question) const {
  const std::size_t k = params_.search.k;
  const std::size_t own =
      params_.self ? 0
                   : question.own_rows.size() + question.own_pictures.size();
  return std::min(params_.distinct ? 2 * k + own : k + own, most_hits());
}

std::size_t Answerer::most_hits() const {
  return std::max(params_.search.k, index_->most_hits());
}

bool Answerer::leave_out(std::size_t hits, const Question& question,
                         Answer& answer) {
  const std::size_t found = answer.hits.size();
  drop_distant(answer);
  const bool all = found < hits || answer.hits.size() < found;
  if (!params_.self) leave_out_own(question, answer);
  if (params_.distinct) leave_out_duplicates(answer);
  return all || hits >= index_->most_hits();
}

void Answerer::complete(Sessions& sessions, const Question& question,
                        std::size_t hits, Answer& answer) {
  const std::size_t k = params_.search.k;
  while (!leave_out(hits, question, answer) && answer.hits.size() < k) {
    hits = std::min(2 * hits, most_hits());
    answer = session_of(sessions, hits).ask(query_of(question));
  }
  answer.hits.resize(std::min(k, answer.hits.size()));
  answer.names.resize(answer.hits.size());
}

void Answerer::answer_one(Sessions& sessions, Question& question,
                          Answer& answer) {
  try {
    const std::size_t hits = hits_for(question);
    answer = session_of(sessions, hits).ask(query_of(question));
    complete(sessions, question, hits, answer);
  } catch (const RowError& e) {
    // One row of the vectors is not what was indexed: others may be.
    question.error = e.what();
    answer = {};
  }
}

void Answerer::answer_together(Sessions& sessions, std::size_t hits,
                               const std::vector<Place>& places) {
  std::vector<SearchQuery> queries;
  queries.reserve(places.size());
  for (const Place& place : places)
    queries.push_back(query_of(*place.question));
  try {
    std::vector<Answer> answers = session_of(sessions, hits).ask_all(queries);
    for (std::size_t i = 0; i < places.size(); ++i) {
      *places[i].answer = std::move(answers[i]);
      complete(sessions, *places[i].question, hits, *places[i].answer);
    }
  } catch (const RowError&) {
    // Alone, each tells whether it is the one.
    for (const Place& place : places)
      answer_one(sessions, *place.question, *place.answer);
  }
}

std::vector<Answer> Answerer::answer(std::vector<Question>& questions) {
  const auto threads = static_cast<unsigned>(
      std::min<std::size_t>(params_.threads, questions.size()));
  if (sessions_.size() < threads) sessions_.resize(threads);
  std::vector<Answer> answers(questions.size());
  if (questions.empty()) return answers;
  const std::size_t together = session_of(sessions_[0], params_.search.k)
                                   .queries_together(questions.size(), threads);
  parallel_for(questions.size(), together, threads,
               [&](std::size_t begin, std::size_t end, unsigned thread) {
                 std::map<std::size_t, std::vector<Place>> by_hits;
                 for (std::size_t i = begin; i < end; ++i)
                   if (questions[i].error.empty())
                     by_hits[hits_for(questions[i])].push_back(
                         {&questions[i], &answers[i]});
                 for (const auto& [hits, places] : by_hits)
                   answer_together(sessions_[thread], hits, places);
               });
  return answers;
}

}  // namespace imsearch
