// An index of a few rows that a test lists: asking it compares with all.
#pragma once

#include "search/search_index.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace imsearch::test {

/// Row i has the name and the unit vector of entry i.
class ListedIndex : public SearchIndex {
 public:
  using Row = std::pair<std::string, std::vector<float>>;

  explicit ListedIndex(std::vector<Row> rows);

  /// From now on a question that meets row `row` throws RowError.
  void damage(std::uint32_t row) { damaged_ = row; }
  void refuse_zeros() { takes_zeros_ = false; }

  std::string where() const override { return "list"; }
  std::size_t rows() const override { return rows_.size(); }
  std::size_t dim() const override { return rows_.front().second.size(); }
  const ModelIdentity& model() const override { return model_; }
  bool has_exact_similarities() const override { return true; }
  bool takes_zero_queries() const override { return takes_zeros_; }
  std::vector<std::string> files() const override { return {}; }
  std::optional<StoredRow> row(std::size_t number) override;
  std::optional<StoredRow> find(const std::string& name) override;
  /// The first rows, whatever the seed.
  std::vector<std::uint32_t> sample(std::size_t count,
                                    std::uint64_t seed) override;
  void read_units(const std::vector<std::uint32_t>& rows, float* out) override;
  std::unique_ptr<SearchSession> session(
      const SearchParams& params) const override;

  /// What a session answers.
  Answer ask(const SearchQuery& query, const SearchParams& params) const;

 private:
  std::vector<Row> rows_;
  ModelIdentity model_;
  std::optional<std::uint32_t> damaged_;
  bool takes_zeros_ = true;
};

}  // namespace imsearch::test
