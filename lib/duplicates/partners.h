// The duplicates of one row of an index: by its features, from the graph, and
// by its hash, from a table of hashes.
#pragma once

#include "duplicates/hash_lookup.h"
#include "duplicates/rule.h"
#include "index/index.h"
#include "index/near_rows.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace imsearch {

/// What all threads share. Keeps references to what it is given. Immutable.
class PartnerTables {
 public:
  /// `marks`: one for each row of the index.
  PartnerTables(const Index& index, const std::vector<ImageMarks>& marks,
                const DuplicateThresholds& thresholds);

  const Index& index() const { return index_; }
  const DuplicateRule& rule() const { return rule_; }
  const ImageMarks& marks(std::uint32_t row) const { return marks_[row]; }

  /// Rows whose hash fits that of `row`, as it is or turned; none twice, in no
  /// order. False: `most` of them, and there are more.
  bool find_by_hash(std::uint32_t row, std::size_t most,
                    std::vector<std::uint32_t>& rows) const;

 private:
  const Index& index_;
  const std::vector<ImageMarks>& marks_;
  DuplicateRule rule_;
  std::optional<HashLookup> as_it_is_;
  std::optional<HashLookup> turned_;
};

/// One thread's asking.
class PartnerSearch {
 public:
  explicit PartnerSearch(const PartnerTables& tables)
      : tables_(tables), near_(tables.index()) {}

  struct Answer {
    std::vector<Duplicate> partners;  // by row; deleted ones, too
    bool complete = true;             // false: there may be more
  };

  /// Asks the graph for `neighbours` rows at first, and for more as long as all
  /// are near, unless `once`.
  Answer find(std::uint32_t row, std::size_t neighbours, bool once);

 private:
  const PartnerTables& tables_;
  NearRows near_;
  std::vector<std::uint32_t> rows_;
};

}  // namespace imsearch
