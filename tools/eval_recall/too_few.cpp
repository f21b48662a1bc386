#include "eval_recall/too_few.h"

#include "base/progress.h"

#include <fmt/format.h>

#include <algorithm>

namespace imsearch {
namespace {

std::size_t least_rows(std::size_t k) {
  return std::max(kLeastRows, 10 * k);
}

}  // namespace

std::string too_few(std::size_t rows, std::size_t queries, std::size_t k) {
  std::string text;
  if (rows < least_rows(k)) text = counted(rows, "row");
  if (queries >= kLeastQueries) return text;
  const std::string few =
      grouped(queries) + (queries == 1 ? " query" : " queries");
  return text.empty() ? few : text + " and " + few;
}

std::string too_few_sentence(std::size_t rows, std::size_t queries,
                             std::size_t k) {
  const std::string few = too_few(rows, queries, k);
  if (few.empty()) return "";
  const bool too_few_rows = rows < least_rows(k);
  std::string text =
      fmt::format("{} {} too few to judge recall@{} by", few,
                  (too_few_rows ? rows : queries) == 1 ? "is" : "are", k);
  if (too_few_rows)
    text += fmt::format(
        ": nearly any search finds all of the nearest among so few: judge an "
        "index of {} rows or more",
        grouped(least_rows(k)));
  if (queries < kLeastQueries && rows >= kLeastQueries)
    text += fmt::format(
        "{} chance decides: ask {} or more, by --samples or --vectors",
        too_few_rows ? "; among so few queries" : ": among so few",
        grouped(kLeastQueries));
  return text;
}

}  // namespace imsearch
