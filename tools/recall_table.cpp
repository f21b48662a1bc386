#include "recall_table.h"

#include "base/parallel_for.h"
#include "eval/latency.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <memory>

namespace imsearch {
namespace {

// Of a million rows, these take seconds.
constexpr std::size_t kExactSingles = 100;

}  // namespace

RecallMeter::RecallMeter(const Index& index, const QueryRows& queries,
                         const SearchParams& search, unsigned threads,
                         std::uint64_t seed)
    : index_(&index),
      queries_(&queries),
      search_(search),
      threads_(threads == 0 ? usable_cpus() : threads),
      seed_(seed) {}

Searching RecallMeter::searching(
    const std::function<Hits(Searcher&, std::size_t query)>& search) const {
  const auto searchers = std::make_shared<std::vector<Searcher>>();
  for (unsigned t = 0; t < threads_; ++t) searchers->emplace_back(*index_);
  return [search, searchers](std::size_t query, unsigned thread) {
    return search((*searchers)[thread], query);
  };
}

Searching RecallMeter::exactly() const {
  return searching([this](Searcher& searcher, std::size_t query) {
    return searcher.search_exactly(queries_->unit.row(query), search_.k,
                                   queries_->left_out_of(query));
  });
}

Searching RecallMeter::at(std::size_t ef) const {
  SearchParams params = search_;
  params.ef = ef;
  return searching([this, params](Searcher& searcher, std::size_t query) {
    return searcher.search(queries_->unit.row(query), params,
                           queries_->left_out_of(query));
  });
}

std::vector<Hits> RecallMeter::batch(const Searching& search) const {
  std::vector<Hits> found(queries_->size());
  run_batch(found.size(), threads_, [&](std::size_t query, unsigned thread) {
    return found[query] = search(query, thread);
  });
  return found;
}

void RecallMeter::find_truth() {
  truth_ = batch(exactly());
}

RecallLine RecallMeter::measure(const Searching& search,
                                const std::vector<Hits>& found,
                                std::size_t singles) const {
  const SingleRun alone =
      run_singly(std::min(singles, queries_->size()), search);
  const double batch_s = run_batch(queries_->size(), threads_, search);
  RecallLine line = line_of(found);
  line.single_ms = summarize(alone.latency_us).mean / 1e3;
  line.batch_ms = batch_s * 1e3 / static_cast<double>(queries_->size());
  return line;
}

RecallLine RecallMeter::measure_exact() const {
  RecallLine line = measure(exactly(), truth_, kExactSingles);
  line.search = "exact";
  return line;
}

RecallLine RecallMeter::measure(std::size_t ef) const {
  const Searching search = at(ef);
  RecallLine line = measure(search, batch(search), queries_->size());
  line.search = "index";
  line.ef = ef;
  return line;
}

Estimate RecallMeter::recall(std::size_t ef) const {
  return estimate(batch(at(ef)), search_.k);
}

Estimate RecallMeter::estimate(const std::vector<Hits>& found,
                               std::size_t k) const {
  std::vector<double> values;
  for (std::size_t q = 0; q < found.size(); ++q)
    values.push_back(recall_at(found[q], truth_[q], k));
  return bootstrap(values, seed_);
}

RecallLine RecallMeter::line_of(const std::vector<Hits>& found) const {
  RecallLine line;
  for (const std::size_t k : {std::size_t{1}, std::size_t{10}, search_.k}) {
    if (k > search_.k) continue;
    line.at_k = estimate(found, k);
    line.recall[k] = line.at_k.mean;
  }
  return line;
}

double rounded(double value) {
  return std::round(value * 1e6) / 1e6;
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
