#include "recall_tuning.h"

#include "eval/tune.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace imsearch {
namespace {

nlohmann::ordered_json json_of(const Trial& trial, std::size_t k) {
  return {{"ef", trial.ef},
          {fmt::format("recall@{}", k), rounded(trial.recall.mean)},
          {"low", rounded(trial.recall.low)},
          {"high", rounded(trial.recall.high)}};
}

}  // namespace

Tuning tune_ef(const RecallMeter& meter, double wanted, std::size_t largest,
               const std::function<void(const Trial&)>& on_trial) {
  Tuning tuning;
  tuning.wanted = wanted;
  find_smallest(meter.k(), largest, [&](std::size_t ef) {
    const Trial trial{ef, meter.recall(ef)};
    tuning.tried.push_back(trial);
    on_trial(trial);
    const bool enough = reaches(trial.recall.mean, wanted);
    // Each that is enough is smaller than those before it.
    if (enough) tuning.chosen = trial;
    return enough;
  });
  return tuning;
}

std::string to_text(const Estimate& recall) {
  return fmt::format("{} ({} to {})", rounded(recall.mean), rounded(recall.low),
                     rounded(recall.high));
}

std::string to_json(const Tuning& tuning, const RecallMeter& meter) {
  nlohmann::ordered_json object = json_of(*tuning.chosen, meter.k());
  object["wanted"] = tuning.wanted;
  object["queries"] = meter.queries();
  for (const Trial& trial : tuning.tried)
    object["tried"].push_back(json_of(trial, meter.k()));
  return object.dump() + "\n";
}

}  // namespace imsearch
