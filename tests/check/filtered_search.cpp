// filtered-search INDEX QUERIES COUNT GLOB...: searches for COUNT rows of raw
// float32 in QUERIES, among the names that each GLOB passes, on one thread, and
// compares what is found with exact search among the same. Prints a table:
// scripts/check/filter.sh says of what. CPU times stand beside those of the
// clock, which other programs lengthen.
#include "base/error.h"
#include "base/stopwatch.h"
#include "io/file.h"
#include "search/local_index.h"

#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

using namespace imsearch;

namespace {

constexpr std::size_t kTop = 10;

double cpu_ms() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 +
         static_cast<double>(now.tv_nsec) / 1e6;
}

std::vector<std::vector<float>> read_queries(const std::string& path,
                                             std::size_t dim,
                                             std::size_t count) {
  const std::string bytes = read_prefix(path, count * dim * sizeof(float));
  std::vector<std::vector<float>> queries(bytes.size() / dim / sizeof(float),
                                          std::vector<float>(dim));
  for (std::size_t i = 0; i < queries.size(); ++i) {
    std::vector<float> row(dim);
    std::memcpy(row.data(), bytes.data() + i * dim * sizeof(float),
                dim * sizeof(float));
    normalize(row.data(), dim, queries[i].data());
  }
  return queries;
}

struct Times {
  std::vector<double> clock;
  std::vector<double> cpu;
};

double at(std::vector<double> times, double share) {
  std::sort(times.begin(), times.end());
  return times[static_cast<std::size_t>(share *
                                        static_cast<double>(times.size() - 1))];
}

void measure(const LocalIndex& index,
             const std::vector<std::vector<float>>& queries,
             const std::string& pattern) {
  SearchParams params;
  params.k = kTop;
  if (pattern != "-") params.name_rules.only = {pattern};
  const Stopwatch names;
  const std::size_t passing =
      pattern == "-" ? index.rows()
                     : index.rows_passing(params.name_rules)->size();
  const double names_ms = names.seconds() * 1e3;
  const auto session = index.session(params);
  params.exact = true;
  const auto exact = index.session(params);
  for (const std::vector<float>& query : queries)
    session->ask({query.data()});  // the pages come into memory
  Times times;
  std::size_t found = 0;
  std::size_t wanted = 0;
  for (const std::vector<float>& query : queries) {
    const double cpu = cpu_ms();
    const Stopwatch clock;
    const Hits hits = session->ask({query.data()}).hits;
    times.clock.push_back(clock.seconds() * 1e3);
    times.cpu.push_back(cpu_ms() - cpu);
    const Hits best = exact->ask({query.data()}).hits;
    wanted += best.size();
    for (const Hit& hit : hits)
      found += std::find(best.begin(), best.end(), hit) != best.end() ? 1 : 0;
  }
  std::printf("%s\t%zu\t%.0f\t%.2f\t%.2f\t%.2f\t%.2f\t%.4f\n", pattern.c_str(),
              passing, names_ms, at(times.clock, 0.5), at(times.clock, 0.99),
              at(times.cpu, 0.5), at(times.cpu, 0.99),
              static_cast<double>(found) / static_cast<double>(wanted));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 5) return 2;
  try {
    const LocalIndex index(argv[1]);
    const auto queries = read_queries(
        argv[2], index.dim(), static_cast<std::size_t>(std::atol(argv[3])));
    std::puts(
        "only\trows\tnames_ms\tp50_ms\tp99_ms\tp50_cpu_ms\tp99_cpu_ms\t"
        "recall@10");
    for (int i = 4; i < argc; ++i) measure(index, queries, argv[i]);
  } catch (const Error& e) {
    std::fprintf(stderr, "filtered-search: %s\n", e.what());
    return 1;
  }
  return 0;
}
