// How good an index is, against exact search, and how little effort makes it
// so.
//
// recall@k of a query: the share of the true k nearest that were found, where a
// returned row is a hit when its exact distance is at most the true k-th plus
// 1e-6, so that ties count (as in ann-benchmarks). The interval is a seeded
// bootstrap over queries (Efron, 1979), percentiles 2.5 and 97.5.
#pragma once

#include "base/search.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
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

/// A number n of [low, high] for which `is_enough(n)` was true, and for which
/// `is_enough(n - 1)` was false unless n is low. With an `is_enough` that stays
/// true once it is, that is the smallest such number. None if it was false for
/// low, 2 low, 4 low … and high. 1 <= low <= high. Asks for no number twice.
std::optional<std::size_t> find_smallest(
    std::size_t low, std::size_t high,
    const std::function<bool(std::size_t)>& is_enough);

struct Estimate {
  double mean = 0;
  double low = 0;  // of the 95 % interval
  double high = 0;
};

/// Mean of the queries' values with its interval; all 0 without values.
Estimate bootstrap(const std::vector<double>& values, std::uint64_t seed);

}  // namespace imsearch
