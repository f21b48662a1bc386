// duplicate-pairs INDEX SIMILARITY
//
// Prints all pairs of rows that NearRows finds with at least that similarity,
// each once, the lower row first: "ROW<tab>ROW<tab>SIMILARITY".
#include "base/error.h"
#include "base/parallel_for.h"
#include "index/near_rows.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace imsearch;

using Pair = std::pair<std::uint32_t, std::uint32_t>;

std::map<Pair, float> pairs_of(const Index& index, float similarity) {
  constexpr std::size_t kFirst = 16;
  const unsigned threads = usable_cpus();
  std::vector<std::unique_ptr<NearRows>> near;
  for (unsigned t = 0; t < threads; ++t)
    near.push_back(std::make_unique<NearRows>(index));
  std::vector<Hits> hits(index.rows());
  parallel_for(index.rows(), 64, threads,
               [&](std::size_t begin, std::size_t end, unsigned thread) {
                 for (std::size_t row = begin; row < end; ++row)
                   hits[row] = near[thread]
                                   ->near(static_cast<std::uint32_t>(row),
                                          2 - 2 * similarity, kFirst, false)
                                   .hits;
               });
  std::map<Pair, float> pairs;
  for (std::uint32_t row = 0; row < hits.size(); ++row)
    for (const Hit& hit : hits[row])
      pairs[std::minmax(row, hit.row)] = hit.similarity();
  return pairs;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc != 3) fail("usage: duplicate-pairs INDEX SIMILARITY");
    const Index index(argv[1], IndexAccess::kLoaded);
    for (const auto& [pair, similarity] : pairs_of(index, std::stof(argv[2])))
      fmt::print("{}\t{}\t{:.6f}\n", pair.first, pair.second, similarity);
  } catch (const std::exception& e) {
    fmt::print(stderr, "duplicate-pairs: {}\n", e.what());
    return 1;
  }
  return 0;
}
