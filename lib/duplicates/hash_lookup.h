// Which hashes differ from one in few bits, without comparing it with all:
// multi-index hashing (Norouzi, Punjani, Fleet, "Fast search in Hamming space
// with multi-index hashing", 2012). 64 bits are cut into one band more than
// bits may differ; two such hashes have at least one band in common, so that
// only hashes with a common band are compared.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace imsearch {

/// Immutable; any number of threads may ask.
class HashLookup {
 public:
  /// `hashes`: one for each row, none for a row without. Rows of one hash are
  /// compared once. `most_bits` 0 to 15.
  HashLookup(const std::vector<std::optional<std::uint64_t>>& hashes,
             int most_bits);

  /// Appends the rows whose hash differs from `hash` in at most most_bits bits,
  /// in no order, none twice. Ends early once `most` were appended, and then
  /// gives false.
  bool find(std::uint64_t hash, std::size_t most,
            std::vector<std::uint32_t>& rows) const;

 private:
  struct Band {
    int shift = 0;
    int bits = 0;                        // of the band that lead to a bucket
    std::vector<std::uint32_t> begins;   // of buckets, in the two below
    std::vector<std::uint64_t> hashes;   // by bucket
    std::vector<std::uint32_t> numbers;  // of these hashes
    std::size_t bucket_of(std::uint64_t hash) const {
      return (hash >> shift) & ((std::uint64_t{1} << bits) - 1);
    }
  };

  Band make_band(int shift, int bits) const;

  int most_bits_;
  std::vector<std::uint64_t> hashes_;      // different ones, rising
  std::vector<std::uint32_t> row_begins_;  // of the rows of a hash
  std::vector<std::uint32_t> rows_;        // by hash
  std::vector<Band> bands_;
};

}  // namespace imsearch
