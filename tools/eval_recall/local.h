// eval-recall's subject: an index file.
#pragma once

#include "eval_recall/subject.h"

#include "index/index.h"

#include <functional>

namespace imsearch {

/// Needs index.vectors(). Index and queries must outlive it.
class LocalRecall : public RecallSubject {
 public:
  /// `search`: how, but for ef.
  LocalRecall(const Index& index, const QueryRows& queries,
              const SearchParams& search)
      : index_(&index), queries_(&queries), search_(search) {}

  Searching exactly(unsigned threads) const override;
  std::vector<Hits> all_exactly(unsigned threads) const override;
  Searching at(std::size_t ef, unsigned threads) const override;
  /// They have them.
  void compare_exactly(std::size_t, Hits&) const override {}

 private:
  Searching searching(
      unsigned threads,
      const std::function<Hits(Searcher&, std::size_t query)>& search) const;

  const Index* index_;
  const QueryRows* queries_;
  SearchParams search_;
};

}  // namespace imsearch
