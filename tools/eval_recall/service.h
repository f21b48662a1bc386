// eval-recall's subject: an index at a service.
#pragma once

#include "common/service_truth.h"
#include "eval_recall/subject.h"

#include "remote/remote_index.h"

namespace imsearch {

/// Index, truth and queries must outlive it.
class ServiceRecall : public RecallSubject {
 public:
  ServiceRecall(const RemoteIndex& index, const ServiceTruth& truth,
                const QueryRows& queries, std::size_t k)
      : index_(&index), truth_(&truth), queries_(&queries), k_(k) {}

  Searching exactly(unsigned threads) const override;
  std::vector<Hits> all_exactly(unsigned threads) const override;
  Searching at(std::size_t ef, unsigned threads) const override;
  void compare_exactly(std::size_t query, Hits& found) const override;

 private:
  const RemoteIndex* index_;
  const ServiceTruth* truth_;
  const QueryRows* queries_;
  std::size_t k_;
};

}  // namespace imsearch
