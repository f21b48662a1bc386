// An index file as something to search.
#pragma once

#include "base/row_set.h"
#include "index/index.h"
#include "search/search_index.h"

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace imsearch {

/// Owns the open index. See search_index.h for what its functions do.
class LocalIndex : public SearchIndex {
 public:
  /// Opens the index that -i names, as Index's constructor does; where there is
  /// no such file, the error says how to get one.
  explicit LocalIndex(const std::string& path,
                      IndexAccess access = IndexAccess::kMapped);

  const Index& index() const { return index_; }

  std::string where() const override { return index_.path(); }
  /// Including deleted rows.
  std::size_t rows() const override { return index_.rows(); }
  std::size_t dim() const override { return index_.dim(); }
  const ModelIdentity& model() const override { return index_.info().model; }
  bool has_exact_similarities() const override {
    return index_.vectors() != nullptr;
  }
  bool takes_zero_queries() const override { return true; }
  /// The index, and the vectors it was built from where it uses them.
  std::vector<std::string> files() const override;
  std::string picture(std::uint32_t row,
                      const std::string& name) const override;

  /// A deleted row has a number, too, and an error that says so.
  std::optional<StoredRow> row(std::size_t number) override;
  std::optional<StoredRow> find(const std::string& name) override;
  std::vector<std::uint32_t> sample(std::size_t count,
                                    std::uint64_t seed) override;
  void read_units(const std::vector<std::uint32_t>& rows, float* out) override;

  /// The rows that are not deleted and whose names pass a NameFilter. Kept for
  /// the next sessions that ask for the same; any thread.
  std::shared_ptr<const RowSet> rows_passing(const NameRules& rules) const;

  /// Those of the rules' patterns that match the name of no row that is not
  /// deleted, each alone. Kept and thread-safe like rows_passing().
  std::vector<std::string> unmatched(const NameRules& rules) const;

  /// Throws Error if exact search is asked for and the vectors are gone.
  std::unique_ptr<SearchSession> session(
      const SearchParams& params) const override;

 private:
  using Patterns = std::vector<std::string>;

  Index index_;
  mutable std::mutex mutex_;
  mutable std::map<std::pair<Patterns, Patterns>, std::shared_ptr<const RowSet>>
      passing_;
  mutable std::map<std::pair<Patterns, Patterns>, Patterns> unmatched_;
};

}  // namespace imsearch
