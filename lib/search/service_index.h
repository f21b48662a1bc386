// An index at a search service as something to search.
#pragma once

#include "remote/remote_index.h"
#include "search/search_index.h"

#include <string>

namespace imsearch {

/// Owns what is known of the index and a connection for rows. See
/// search_index.h for what its functions do.
class ServiceIndex : public SearchIndex {
 public:
  /// Asks the service for the index. Throws Error as RemoteIndex's constructor.
  explicit ServiceIndex(const Endpoint& endpoint);

  const RemoteIndex& index() const { return index_; }

  std::string where() const override { return index_.where(); }
  /// Without deleted rows, and without those of an unfinished load that no
  /// search finds yet.
  std::size_t rows() const override { return index_.rows(); }
  std::size_t dim() const override { return index_.dim(); }
  const ModelIdentity& model() const override { return index_.meta().model; }
  /// A service's scores are rounded.
  bool has_exact_similarities() const override { return false; }
  /// Only space l2 gives a query of zeros the answer that an index file gives;
  /// cosine refuses it.
  bool takes_zero_queries() const override {
    return index_.meta().spec.space == Space::kL2;
  }
  std::vector<std::string> files() const override { return {}; }
  /// One less than a service gives: the row that is left out is found, too.
  std::size_t most_hits() const override { return kMaxRemoteTop - 1; }

  std::optional<StoredRow> row(std::size_t number) override;
  std::optional<StoredRow> find(const std::string& name) override;
  std::vector<std::uint32_t> sample(std::size_t count,
                                    std::uint64_t seed) override;
  void read_units(const std::vector<std::uint32_t>& rows, float* out) override;

  std::unique_ptr<SearchSession> session(
      const SearchParams& params) const override;

 private:
  /// Throws Error if others wrote a row there that has another dim.
  const StoredRow& checked(const StoredRow& row) const;

  RemoteIndex index_;
  RemoteSearcher searcher_;  // for rows
};

}  // namespace imsearch
