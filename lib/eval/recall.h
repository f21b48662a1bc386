// How good an index is, against exact search.
//
// recall@k of a query: the share of the true k nearest that were found, where a
// returned row is a hit when its exact distance is at most the true k-th plus
// 1e-6, so that ties count (as in ann-benchmarks). The interval is a seeded
// bootstrap over queries (Efron, 1979), percentiles 2.5 and 97.5.
#pragma once

#include "base/hit.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace imsearch {

inline constexpr float kTieTolerance = 1e-6F;

/// `found`: rows returned with their exact distances. `truth`: the exact
/// search's hits. Both nearest first. Divides by min(k, truth.size()); 1 if
/// there is nothing to find.
double recall_at(const Hits& found, const Hits& truth, std::size_t k);

/// True if a mean of recalls is as much as was asked for. Means of tenths are
/// not exact: 990 of 1,000 found is .99, whatever the sum's last bits say.
bool reaches(double recall, double wanted);

struct Estimate {
  double mean = 0;
  double low = 0;  // of the 95 % interval
  double high = 0;
};

/// Mean of the queries' values with its interval; all 0 without values.
Estimate bootstrap(const std::vector<double>& values, std::uint64_t seed);

}  // namespace imsearch
