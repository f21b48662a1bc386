// Measures and prints a line of the table: recall against the ground truth,
// with its interval, and the times of a query alone and in a batch.
//
// Recall and time are two passes. The first asks every query and keeps the
// hits; the second repeats it with the pages of the index in memory, and keeps
// only the times.
#include "eval_recall/table.h"

#include "common/progress_line.h"

#include "base/parallel_for.h"
#include "base/stopwatch.h"
#include "eval/measure.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <sstream>

namespace imsearch {
namespace {

// Asked one by one over a million rows, these take seconds.
constexpr std::size_t kExactSingles = 100;

std::vector<std::string> fields_of(const std::string& line) {
  std::istringstream text(line.substr(0, line.find('\n')));
  std::vector<std::string> fields;
  for (std::string field; std::getline(text, field, '\t');)
    fields.push_back(field);
  return fields;
}

}  // namespace

RecallMeter::RecallMeter(const SearchIndex& index, const GroundTruth& truth,
                         const QueryRows& queries, const SearchParams& params,
                         unsigned threads, std::uint64_t seed, bool quiet)
    : index_(&index),
      truth_(&truth),
      queries_(&queries),
      params_(params),
      threads_(threads == 0 ? usable_cpus() : threads),
      seed_(seed),
      quiet_(quiet) {}

Searching RecallMeter::searching(std::size_t ef) const {
  SearchParams params = params_;
  params.ef = ef;
  return searching_of(*index_, *queries_, params, threads_);
}

// Hits are compared by distance, so that one of two equal rows is as good as
// the other (eval/recall.h): both sides must have exact ones.
std::vector<Hits> RecallMeter::found_by(const Searching& search) const {
  cli::ProgressLine line("queries asked", queries(), quiet_);
  std::vector<Hits> found =
      ask_all(search, queries(), threads_, [&] { line.add_one(); });
  for (std::size_t q = 0; q < found.size(); ++q)
    truth_->compare_exactly(q, found[q]);
  return found;
}

void RecallMeter::find_truth() {
  cli::ProgressLine line("queries searched exactly", queries(), quiet_);
  true_hits_ = truth_->all(threads_, [&] { line.add_one(); });
}

double RecallMeter::single_ms(const Searching& search, std::size_t most) const {
  // Nothing is counted in what is timed.
  const cli::ProgressLine line("times queries one by one", 0, quiet_);
  const SingleRun alone = run_singly(std::min(most, queries()), search);
  return summarize(alone.latency_us).mean / 1e3;
}

double RecallMeter::per_query_ms(double seconds) const {
  return seconds * 1e3 / static_cast<double>(queries());
}

RecallLine RecallMeter::measure_exact() const {
  RecallLine line = line_of(true_hits_);
  line.search = "exact";
  line.single_ms = single_ms(truth_->alone(threads_), kExactSingles);
  const cli::ProgressLine progress("times exact search", 0, quiet_);
  const Stopwatch watch;
  truth_->all(threads_);
  line.batch_ms = per_query_ms(watch.seconds());
  return line;
}

RecallLine RecallMeter::measure(std::size_t ef) const {
  const Searching search = searching(ef);
  // Warm-up: only what follows is timed, with the pages resident.
  RecallLine line = line_of(found_by(search));
  line.search = "index";
  line.ef = ef;
  line.single_ms = single_ms(search, queries());
  const cli::ProgressLine progress("times all queries", 0, quiet_);
  line.batch_ms = per_query_ms(run_batch(queries(), threads_, search));
  return line;
}

Estimate RecallMeter::recall(std::size_t ef) const {
  return estimate(found_by(searching(ef)), k());
}

Estimate RecallMeter::estimate(const std::vector<Hits>& found,
                               std::size_t k) const {
  std::vector<double> values;
  for (std::size_t q = 0; q < found.size(); ++q)
    values.push_back(recall_at(found[q], true_hits_[q], k));
  // Queries differ far more than rounding does: resampling them says how much
  // of a difference between two lines is chance.
  return bootstrap(values, seed_);
}

RecallLine RecallMeter::line_of(const std::vector<Hits>& found) const {
  RecallLine line;
  for (const std::size_t k : {std::size_t{1}, std::size_t{10}, this->k()}) {
    // recall@10 of five hits would be another thing than its name says.
    if (k > this->k()) continue;
    line.at_k = estimate(found, k);
    line.recall[k] = line.at_k.mean;
  }
  return line;
}

double rounded(double value) {
  return std::round(value * 1e6) / 1e6;
}

std::string in_columns(const std::string& line, const std::string& header) {
  constexpr std::size_t kBetween = 2;
  constexpr std::size_t kLeast = 7;  // 64 and 999.9999 alike
  const std::vector<std::string> fields = fields_of(line);
  const std::vector<std::string> names = fields_of(header);
  std::string text = fmt::format("{:<{}}", fields[0], names[0].size());
  for (std::size_t i = 1; i < fields.size(); ++i)
    text += fmt::format("{:>{}}", fields[i],
                        kBetween + std::max(names[i].size(), kLeast));
  return text + "\n";
}

std::vector<std::string> legend(const RecallLine& line, unsigned threads) {
  const std::size_t k = line.recall.rbegin()->first;
  return {"recall@N: the share of the N nearest images that are found",
          fmt::format("low, high: 95 % interval of recall@{}", k),
          "single_ms: milliseconds a query when it is asked alone",
          fmt::format(
              "batch_ms: the same when all are asked at once, by {}",
              threads == 1 ? "1 thread" : fmt::format("{} threads", threads))};
}

std::string header_text(const RecallLine& line) {
  std::string text = "search\tef";
  for (const auto& [k, recall] : line.recall)
    text += fmt::format("\trecall@{}", k);
  return text + "\tlow\thigh\tsingle_ms\tbatch_ms\n";
}

std::string to_text(const RecallLine& line) {
  std::string text =
      line.search + "\t" + (line.ef == 0 ? "-" : std::to_string(line.ef));
  for (const auto& [k, recall] : line.recall)
    text += fmt::format("\t{:.4f}", recall);
  return text + fmt::format("\t{:.4f}\t{:.4f}\t{:.4f}\t{:.4f}\n", line.at_k.low,
                            line.at_k.high, line.single_ms, line.batch_ms);
}

std::string to_json(const RecallLine& line, const QueryRows& queries) {
  nlohmann::ordered_json object = {{"search", line.search}};
  if (line.ef != 0) object["ef"] = line.ef;
  object["queries"] = queries.size();
  for (const auto& [k, recall] : line.recall)
    object[fmt::format("recall@{}", k)] = rounded(recall);
  object["low"] = rounded(line.at_k.low);
  object["high"] = rounded(line.at_k.high);
  object["single_ms"] = rounded(line.single_ms);
  object["batch_ms"] = rounded(line.batch_ms);
  return object.dump() + "\n";
}

}  // namespace imsearch
