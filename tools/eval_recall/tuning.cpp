// Tries one ef after the other, as find_smallest() asks for them, and keeps
// what each gave. Only recall is measured: the times of a table are not needed
// to decide.
#include "eval_recall/tuning.h"

#include "common/cli.h"
#include "common/standard_streams.h"

#include "eval/recall.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <optional>
#include <vector>

namespace imsearch {
namespace {

/// What one ef was found to give.
struct Trial {
  std::size_t ef = 0;
  Estimate recall;
};

struct Tuning {
  std::optional<Trial> chosen;
  std::vector<Trial> tried;  // in that order; with the one chosen
};

std::string to_text(const Trial& trial, std::size_t k) {
  const Estimate& recall = trial.recall;
  return fmt::format("ef {}: recall@{} {} ({} to {})", trial.ef, k,
                     rounded(recall.mean), rounded(recall.low),
                     rounded(recall.high));
}

nlohmann::ordered_json to_json(const Trial& trial, std::size_t k) {
  return {{"ef", trial.ef},
          {fmt::format("recall@{}", k), rounded(trial.recall.mean)},
          {"low", rounded(trial.recall.low)},
          {"high", rounded(trial.recall.high)}};
}

Tuning tune(const RecallMeter& meter, const TuningParams& params) {
  Tuning tuning;
  find_smallest(meter.k(), params.largest, [&](std::size_t ef) {
    const Trial trial{ef, meter.recall(ef)};
    tuning.tried.push_back(trial);
    if (!params.quiet) cli::say(to_text(trial, meter.k()));
    const bool enough = reaches(trial.recall.mean, params.recall);
    // Each that is enough is smaller than those before it.
    if (enough) tuning.chosen = trial;
    return enough;
  });
  return tuning;
}

}  // namespace

void print_tuned(const RecallMeter& meter, const TuningParams& params) {
  const Tuning tuning = tune(meter, params);
  if (!tuning.chosen)
    fail("{}: the largest ef reaches less than {}",
         to_text(tuning.tried.back(), meter.k()), params.recall);
  if (!params.json) {
    print(fmt::format("{}\n", tuning.chosen->ef));
    return;
  }
  nlohmann::ordered_json object = to_json(*tuning.chosen, meter.k());
  object["wanted"] = params.recall;
  object["queries"] = meter.queries();
  // With --json all of them, so that a script can see how close it was.
  for (const Trial& trial : tuning.tried)
    object["tried"].push_back(to_json(trial, meter.k()));
  print(object.dump() + "\n");
}

}  // namespace imsearch
