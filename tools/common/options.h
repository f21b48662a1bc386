// The options that mean the same in every tool, each written once: name, help,
// range and default. Defaults come from the structs and variables they fill.
#pragma once

#include "common/cli11.h"

#include "base/search.h"
#include "index/index.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace imsearch::cli {

inline constexpr const char* kDefaultVectors = "fvecs.bin";
inline constexpr const char* kDefaultNames = "fnames.txt";
inline constexpr const char* kIndexSuffix = ".hnsw.index";
inline constexpr const char* kDefaultIndex = "fvecs.bin.hnsw.index";
inline constexpr std::size_t kMaxCandidates = 1000000;  // of --ef and --top

/// Checks a number: low to high, both allowed, NaN is not.
CLI::Validator between(double low, double high);

void add_dim(CLI::App& app, std::size_t& dim);       // --dim
void add_threads(CLI::App& app, unsigned& threads);  // -j, --threads
void add_quiet(CLI::App& app, bool& quiet);          // -q, --quiet
void add_json(CLI::App& app, bool& json);            // --json
void add_null(CLI::App& app, bool& null);            // -0, --null
void add_seed(CLI::App& app, std::uint64_t& seed);   // --seed
void add_index(CLI::App& app, std::string& index);   // -i, --index
void add_top(CLI::App& app, std::size_t& k);         // -k, --top
void add_ef_list(CLI::App& app, std::vector<std::size_t>& efs);  // --ef A,B
void add_rerank(CLI::App& app,
                SearchParams& params);  // --rerank-codes, --rerank
void add_search(CLI::App& app, SearchParams& params);  // these, -k, --ef
void add_hnsw(CLI::App& app,
              HnswParams& params);  // -M, --links, --ef-construction

}  // namespace imsearch::cli
