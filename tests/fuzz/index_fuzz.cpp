// Any bytes are either an index that can be searched, whose names can be read
// and which can be verified, or make what is asked of it throw Error. They come
// packed (packed_index.h), so that what is behind the checksums gets its share.
#include "base/error.h"
#include "fuzz/packed_index.h"
#include "index/graph_search.h"
#include "index/index.h"
#include "index/index_impl.h"
#include "index/searcher.h"
#include "index/sq8.h"
#include "support/memory_file.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace imsearch;
using imsearch::test::memory_file;
using imsearch::test::unpack_index;

constexpr std::size_t kNeighbours = 5;
constexpr std::size_t kCandidates = 16;

template <typename Use>
void expect_value_or_error(const Use& use) {
  try {
    use();
  } catch (const Error&) {
    return;
  }
}

/// Of length 1, in no direction that an index knows.
std::vector<float> some_query(std::size_t dim) {
  return std::vector<float>(dim, 1 / std::sqrt(static_cast<float>(dim)));
}

void check_hits(const Index& index, const Hits& hits) {
  if (hits.size() > index.rows()) std::abort();
  for (const Hit& hit : hits)
    if (hit.row >= index.rows()) std::abort();
}

/// The walk that a search of many rows takes; few are scanned.
void walk(const Index& index, const std::vector<float>& query) {
  const Index::Impl& inside = index.impl();
  std::vector<std::int8_t> whole(inside.codes.stride);
  std::vector<std::int8_t> code(inside.view.width);
  const float scale = encode_sq8(query.data(), index.dim(), whole.data());
  inside.reduction.encode(query.data(), whole.data(), scale, code.data());
  check_hits(index, GraphSearch(inside.view)
                        .walk(code.data(), kCandidates,
                              kCandidates * kMaxCandidatesPerEf, {}));
}

void search(const Index& index) {
  const std::vector<float> query = some_query(index.dim());
  if (index.rows() > 0) walk(index, query);
  Searcher searcher(index);
  const SearchParams params = {kNeighbours, kCandidates};
  check_hits(index, searcher.search(query.data(), params, 0));
  check_hits(index, searcher.search_exactly(query.data(), kNeighbours));
}

void read_rows(const Index& index) {
  std::vector<float> unit(index.dim());
  for (std::uint32_t row = 0; row < index.rows(); ++row) {
    expect_value_or_error([&] { index.name(row); });
    index.read_unit(row, unit.data());
    index.is_deleted(row);
  }
  index.find("no such name");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::string& path = memory_file(unpack_index(bytes));
  expect_value_or_error([&] {
    const Index index(path);
    expect_value_or_error([&] { index.verify(); });
    expect_value_or_error([&] { search(index); });
    expect_value_or_error([&] { read_rows(index); });
  });
  return 0;
}
