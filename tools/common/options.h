// The options that mean the same in every tool, each written once: name, help,
// range and default. Defaults come from the structs and variables they fill.
#pragma once

#include "common/cli11.h"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>

namespace imsearch::cli {

inline constexpr const char* kDefaultVectors = "fvecs.bin";
inline constexpr const char* kDefaultNames = "fnames.txt";
inline constexpr const char* kIndexSuffix = ".hnsw.index";
inline constexpr const char* kDefaultIndex = "fvecs.bin.hnsw.index";

/// Checks a number: low to high, both allowed, NaN is not.
CLI::Validator between(double low, double high);

/// Checks a whole number: low to high, both allowed.
CLI::Validator whole(std::uint64_t low, std::uint64_t high);

/// Checks a word: one of these. Another one is told which was meant.
CLI::Validator one_of(std::initializer_list<const char*> words);

/// Checks --weights: a file that is not there, and looks like a misspelt name
/// of weights, is told which was meant.
CLI::Validator weights_name();

void add_dim(CLI::App& app, std::size_t& dim);       // --dim
void add_threads(CLI::App& app, unsigned& threads);  // -j, --threads
void add_quiet(CLI::App& app, bool& quiet);          // -q, --quiet
void add_json(CLI::App& app, bool& json);            // --json
void add_null(CLI::App& app, bool& null);            // -0, --null
void add_seed(CLI::App& app, std::uint64_t& seed);   // --seed
void add_index(CLI::App& app, std::string& index);   // -i, --index

}  // namespace imsearch::cli
