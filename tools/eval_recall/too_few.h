// Whether recall means anything for so few rows and queries.
#pragma once

#include <cstddef>
#include <string>

namespace imsearch {

/// Among fewer rows, or fewer than 10 times k, nearly any search finds all of
/// the nearest; fewer queries leave much to chance.
inline constexpr std::size_t kLeastRows = 1000;
inline constexpr std::size_t kLeastQueries = 100;

/// What there is too little of: "64 rows", "20 queries", or both; empty where
/// there is enough to judge recall@k by.
std::string too_few(std::size_t rows, std::size_t queries, std::size_t k);

/// The same as a sentence that says why and what to do; or empty.
std::string too_few_sentence(std::size_t rows, std::size_t queries,
                             std::size_t k);

}  // namespace imsearch
