#include "recall_table.h"

#include "base/parallel_for.h"
#include "base/stopwatch.h"
#include "eval/latency.h"
#include "index/flat.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <memory>

namespace imsearch {
namespace {

// Exact search takes as long for one query as for any other: a few are enough.
constexpr std::size_t kExactSingles = 10;

double per_query_ms(double seconds, std::size_t queries) {
  return seconds * 1e3 / static_cast<double>(queries);
}

Hits search_exactly(const VectorSet& vectors, const QueryRows& queries,
                    std::size_t query, std::size_t k, unsigned threads) {
  return search_flat(vectors, {queries.unit.row(query), 1, vectors.dim()}, k,
                     threads, {queries.left_out_of(query)})[0];
}

}  // namespace

RecallMeter::RecallMeter(const Index& index, const QueryRows& queries,
                         const SearchParams& search, unsigned threads,
                         std::uint64_t seed)
    : index_(&index),
      queries_(&queries),
      search_(search),
      threads_(threads == 0 ? usable_cpus() : threads),
      seed_(seed) {}

RecallLine RecallMeter::measure_exact() {
  const VectorSet& vectors = *index_->vectors();
  const Stopwatch watch;
  truth_ = search_flat(vectors, queries_->unit.view(), search_.k, threads_,
                       queries_->leave_out);
  const double batch_s = watch.seconds();
  const SingleRun singles = run_singly(
      std::min(kExactSingles, queries_->size()),
      [&](std::size_t query, unsigned) {
        return search_exactly(vectors, *queries_, query, search_.k, threads_);
      });
  RecallLine line = line_of("exact", truth_);
  line.single_ms = summarize(singles.latency_us).mean / 1e3;
  line.batch_ms = per_query_ms(batch_s, queries_->size());
  return line;
}

Searching RecallMeter::searching(std::size_t ef) const {
  const auto searchers = std::make_shared<std::vector<Searcher>>();
  for (unsigned t = 0; t < threads_; ++t) searchers->emplace_back(*index_);
  SearchParams params = search_;
  params.ef = ef;
  return [this, params, searchers](std::size_t query, unsigned thread) {
    return (*searchers)[thread].search(queries_->unit.row(query), params,
                                       queries_->left_out_of(query));
  };
}

RecallLine RecallMeter::measure(std::size_t ef) const {
  const Searching search = searching(ef);
  // The batch comes first and touches the pages that both then find.
  run_batch(queries_->size(), threads_, search);
  const SingleRun singles = run_singly(queries_->size(), search);
  const double batch_s = run_batch(queries_->size(), threads_, search);
  RecallLine line = line_of("index", singles.hits);
  line.ef = ef;
  line.single_ms = summarize(singles.latency_us).mean / 1e3;
  line.batch_ms = per_query_ms(batch_s, queries_->size());
  return line;
}

Estimate RecallMeter::recall(std::size_t ef) const {
  const Searching search = searching(ef);
  std::vector<Hits> found(queries_->size());
  run_batch(found.size(), threads_, [&](std::size_t query, unsigned thread) {
    return found[query] = search(query, thread);
  });
  return estimate(found, search_.k);
}

Estimate RecallMeter::estimate(const std::vector<Hits>& found,
                               std::size_t k) const {
  std::vector<double> values;
  for (std::size_t q = 0; q < found.size(); ++q)
    values.push_back(recall_at(found[q], truth_[q], k));
  return bootstrap(values, seed_);
}

RecallLine RecallMeter::line_of(const std::string& search,
                                const std::vector<Hits>& found) const {
  RecallLine line;
  line.search = search;
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
