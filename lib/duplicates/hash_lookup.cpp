#include "duplicates/hash_lookup.h"

#include "image/perceptual_hash.h"

#include <algorithm>
#include <utility>

namespace imsearch {
namespace {

constexpr int kHashBits = 64;
/// A bucket for each value of so many bits at most: a wider band is cut to
/// them, since more buckets than that take memory and are mostly empty.
constexpr int kBucketBits = 16;

}  // namespace

HashLookup::HashLookup(const std::vector<std::optional<std::uint64_t>>& hashes,
                       int most_bits)
    : most_bits_(most_bits) {
  std::vector<std::pair<std::uint64_t, std::uint32_t>> pairs;
  for (std::size_t row = 0; row < hashes.size(); ++row)
    if (hashes[row])
      pairs.emplace_back(*hashes[row], static_cast<std::uint32_t>(row));
  std::sort(pairs.begin(), pairs.end());
  for (const auto& [hash, row] : pairs) {
    if (hashes_.empty() || hashes_.back() != hash) {
      hashes_.push_back(hash);
      row_begins_.push_back(static_cast<std::uint32_t>(rows_.size()));
    }
    rows_.push_back(row);
  }
  row_begins_.push_back(static_cast<std::uint32_t>(rows_.size()));
  const int bands = most_bits + 1;
  for (int band = 0; band < bands; ++band) {
    const int begin = kHashBits * band / bands;
    const int end = kHashBits * (band + 1) / bands;
    bands_.push_back(make_band(begin, std::min(end - begin, kBucketBits)));
  }
}

HashLookup::Band HashLookup::make_band(int shift, int bits) const {
  Band band;
  band.shift = shift;
  band.bits = bits;
  const std::size_t buckets = std::size_t{1} << bits;
  band.begins.resize(buckets + 1);
  for (const std::uint64_t hash : hashes_) ++band.begins[band.bucket_of(hash)];
  std::uint32_t sum = 0;
  for (std::uint32_t& begin : band.begins) sum += std::exchange(begin, sum);
  band.hashes.resize(hashes_.size());
  band.numbers.resize(hashes_.size());
  std::vector<std::uint32_t> next = band.begins;
  for (std::size_t i = 0; i < hashes_.size(); ++i) {
    const std::uint32_t place = next[band.bucket_of(hashes_[i])]++;
    band.hashes[place] = hashes_[i];
    band.numbers[place] = static_cast<std::uint32_t>(i);
  }
  return band;
}

bool HashLookup::find(std::uint64_t hash, std::size_t most,
                      std::vector<std::uint32_t>& rows) const {
  const std::size_t before = rows.size();
  for (std::size_t b = 0; b < bands_.size(); ++b) {
    const Band& band = bands_[b];
    const std::size_t bucket = band.bucket_of(hash);
    for (std::uint32_t i = band.begins[bucket]; i < band.begins[bucket + 1];
         ++i) {
      const std::uint64_t other = band.hashes[i];
      if (hash_distance(hash, other) > most_bits_) continue;
      // An earlier band that both have in common has given it already.
      bool given = false;
      for (std::size_t e = 0; e < b && !given; ++e)
        given = bands_[e].bucket_of(hash) == bands_[e].bucket_of(other);
      if (given) continue;
      const std::uint32_t number = band.numbers[i];
      for (std::uint32_t r = row_begins_[number]; r < row_begins_[number + 1];
           ++r) {
        if (rows.size() - before == most) return false;
        rows.push_back(rows_[r]);
      }
    }
  }
  return true;
}

}  // namespace imsearch
