#include "index/other_vectors.h"

#include "base/interrupt.h"
#include "index/index_impl.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace imsearch {

std::size_t count_other_vectors(const Index& index, const VectorSet& vectors,
                                const Names& names) {
  if (index.dim() != vectors.dim()) return 0;
  const std::vector<std::uint32_t>& gone = index.info().gone;
  std::unordered_multimap<std::string_view, std::uint32_t> rows;
  rows.reserve(index.rows());
  for (std::uint32_t row = 0; row < index.rows(); ++row)
    if (!std::binary_search(gone.begin(), gone.end(), row))
      rows.emplace(index.name(row), row);
  const CertifiedCodes certified = index.impl().certified();
  std::vector<float> unit(vectors.dim());
  std::size_t others = 0;
  for (std::size_t row = 0; row < vectors.rows(); ++row) {
    const auto [begin, end] = rows.equal_range(names[row]);
    if (begin == end) continue;
    check_interrupt();
    vectors.read_unit(row, unit.data());
    if (std::none_of(begin, end, [&](const auto& entry) {
          return certified.holds(entry.second, unit.data());
        }))
      ++others;
  }
  return others;
}

}  // namespace imsearch
