#include "common/index_options.h"

#include <CLI/CLI.hpp>

namespace imsearch::cli {

void add_top(CLI::App& app, std::size_t& k) {
  app.add_option("-k,--top", k, "Neighbours per query")
      ->check(CLI::Range(std::size_t{1}, kMaxCandidates))
      ->capture_default_str();
}

void add_ef_list(CLI::App& app, std::vector<std::size_t>& efs) {
  app.add_option("--ef", efs,
                 "Candidates kept while searching, one or several numbers")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(CLI::Range(std::size_t{1}, kMaxCandidates))
      ->capture_default_str();
}

void add_search(CLI::App& app, SearchParams& params) {
  add_top(app, params.k);
  app.add_option("--ef", params.ef,
                 "Candidates kept while searching: more finds more, slower")
      ->check(CLI::Range(std::size_t{1}, kMaxCandidates))
      ->capture_default_str();
  add_rerank(app, params);
}

void add_rerank(CLI::App& app, SearchParams& params) {
  app.add_option("--rerank-codes", params.rerank_codes,
                 "Of those, the best that 8-bit codes re-rank; 0: all")
      ->check(CLI::Range(std::size_t{0}, kMaxCandidates))
      ->capture_default_str();
  app.add_option("--rerank", params.rerank,
                 "Of those, the best that are compared exactly; 2 k at least")
      ->check(CLI::Range(std::size_t{1}, kMaxCandidates))
      ->capture_default_str();
}

void add_hnsw(CLI::App& app, HnswParams& params) {
  app.add_option("-M,--links", params.M,
                 "Links per row (twice as many at level 0)")
      ->check(CLI::Range(std::size_t{2}, std::size_t{512}))
      ->capture_default_str();
  app.add_option("--ef-construction", params.ef_construction,
                 "Candidates looked at for each row's links")
      ->check(CLI::Range(std::size_t{1}, std::size_t{100000}))
      ->capture_default_str();
}

}  // namespace imsearch::cli
