// Candidates come from two sides, and one rule judges them all: rows that are
// near by features are found with their similarity, and that of rows whose
// hashes fit is measured.
#include "duplicates/partners.h"

#include "image/exif.h"
#include "image/perceptual_hash.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace imsearch {
namespace {

/// So many rows of fitting hashes are compared for a row that may turn out to
/// be a duplicate itself.
constexpr std::size_t kHashesOnce = 64;
constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();

std::optional<HashLookup> lookup_of(const std::vector<ImageMarks>& marks,
                                    int most_bits) {
  if (most_bits < 0) return std::nullopt;
  std::vector<std::optional<std::uint64_t>> hashes;
  hashes.reserve(marks.size());
  for (const ImageMarks& each : marks) hashes.push_back(each.phash);
  return HashLookup(hashes, most_bits);
}

/// The distance that a walk of the graph is to go.
float reach_of(const DuplicateThresholds& thresholds, bool hashed) {
  const float similarity =
      hashed && thresholds.agreed_bits >= 0
          ? std::min(thresholds.similarity, thresholds.agreed_similarity)
          : thresholds.similarity;
  // A little more: the similarity itself is compared afterwards.
  return 2 - 2 * similarity + 1e-5F;
}

}  // namespace

PartnerTables::PartnerTables(const Index& index,
                             const std::vector<ImageMarks>& marks,
                             const DuplicateThresholds& thresholds)
    : index_(index),
      marks_(marks),
      rule_(thresholds),
      as_it_is_(lookup_of(marks, thresholds.hash_bits)),
      turned_(lookup_of(marks, thresholds.turned_bits)) {}

bool PartnerTables::find_by_hash(std::uint32_t row, std::size_t most,
                                 std::vector<std::uint32_t>& rows) const {
  const std::size_t before = rows.size();
  const std::optional<std::uint64_t>& hash = marks_[row].phash;
  if (!hash) return true;
  bool complete = true;
  if (as_it_is_) complete = as_it_is_->find(*hash, most, rows);
  for (int o = 2; turned_ && o <= kOrientations; ++o)
    complete &= turned_->find(turned_hash(*hash, o), most, rows);
  const auto begin = rows.begin() + static_cast<std::ptrdiff_t>(before);
  std::sort(begin, rows.end());
  rows.erase(std::unique(begin, rows.end()), rows.end());
  return complete;
}

PartnerSearch::Answer PartnerSearch::find(std::uint32_t row,
                                          std::size_t neighbours, bool once) {
  Answer answer;
  if (near_.is_zero(row)) return answer;
  const DuplicateRule& rule = tables_.rule();
  const bool hashed = tables_.marks(row).phash.has_value();
  NearRows::Answer near =
      near_.near(row, reach_of(rule.thresholds(), hashed), neighbours, once);
  rows_.clear();
  answer.complete =
      tables_.find_by_hash(row, once ? kHashesOnce : kAll, rows_) &&
      near.complete;
  const auto is_known = [&](std::uint32_t other) {
    if (other == row || near_.is_zero(other)) return true;
    const auto found = std::lower_bound(
        near.hits.begin(), near.hits.end(), other,
        [](const Hit& hit, std::uint32_t r) { return hit.row < r; });
    return found != near.hits.end() && found->row == other;
  };
  rows_.erase(std::remove_if(rows_.begin(), rows_.end(), is_known),
              rows_.end());
  const std::vector<float> distances = near_.measure(row, rows_);
  for (std::size_t i = 0; i < rows_.size(); ++i)
    near.hits.push_back({rows_[i], distances[i]});
  std::sort(near.hits.begin(), near.hits.end(),
            [](const Hit& a, const Hit& b) { return a.row < b.row; });
  for (const Hit& hit : near.hits)
    if (const auto verdict = rule.judge(
            tables_.marks(row), tables_.marks(hit.row), hit.similarity()))
      answer.partners.push_back({hit.row, hit.similarity(), *verdict});
  return answer;
}

}  // namespace imsearch
