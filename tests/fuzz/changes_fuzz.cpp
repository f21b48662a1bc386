// Any bytes beside a good index are changes of it, which can be searched,
// verified and changed further, or make what is asked of the index throw Error,
// or count for nothing. They come packed (packed_index.h).
//
// Whoever has verified the index once verifies only changes later, and relies
// on the rest: so both checks must agree, and what they pass must leave the
// rows of the index file as they are, but for names and deletions.
#include "base/error.h"
#include "fuzz/packed_index.h"
#include "fuzz/small_index.h"
#include "index/coded_rows.h"
#include "index/graph_growth.h"
#include "index/index.h"
#include "index/index_changes.h"
#include "index/index_impl.h"
#include "index/index_meta.h"
#include "index/searcher.h"
#include "index/sq8.h"
#include "io/fnames.h"
#include "support/temp_dir.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace imsearch;

constexpr std::size_t kNeighbours = 5;
constexpr std::size_t kCandidates = 16;

/// Whether `use` throws no Error.
template <typename Use>
bool succeeds(const Use& use) {
  try {
    use();
    return true;
  } catch (const Error&) {
    return false;
  }
}

void require(bool holds) {
  if (!holds) std::abort();
}

/// The index that is changed; made once, without its vectors.
struct Base {
  Base() {
    test::write_small_vectors(folder / "v", test::kChangedRows,
                              test::kChangedDim);
    test::build_small_index(folder / "v", test::kChangedDim, path);
    std::remove((folder / "v").c_str());
    require(::link(path.c_str(), alone.c_str()) == 0);
  }

  test::TempDir folder;
  std::string path = folder / "i";
  std::string alone = folder / "alone";  // it, by a name that has no changes
};

const Base& base() {
  static const Base made;
  return made;
}

/// Of length 1, in no direction that an index knows.
std::vector<float> some_query() {
  return std::vector<float>(
      test::kChangedDim, 1 / std::sqrt(static_cast<float>(test::kChangedDim)));
}

void check_hits(const Index& index, const Hits& hits) {
  std::set<std::uint32_t> rows;
  for (const Hit& hit : hits) {
    require(hit.row < index.rows() && !index.is_deleted(hit.row));
    require(rows.insert(hit.row).second);
  }
}

/// `good`: the index has been verified, so that no row may be missed.
void search(const Index& index, bool good) {
  const std::vector<float> query = some_query();
  Searcher searcher(index);
  check_hits(index, searcher.search(query.data(), {kNeighbours, kCandidates}));
  const Hits exact = searcher.search_exactly(query.data(), kNeighbours);
  check_hits(index, exact);
  const std::size_t alive = index.rows() - index.deleted_rows();
  require(exact.size() == std::min(kNeighbours, alive) || !good);
}

void read_rows(const Index& index) {
  std::vector<float> unit(index.dim());
  for (std::uint32_t row = 0; row < index.rows(); ++row) {
    succeeds([&] { index.name(row); });
    index.read_unit(row, unit.data());
    index.is_deleted(row);
  }
  index.find("no such name");
}

/// What changes can do to rows of the index file: delete and rename them.
void check_old_rows(const Index& index) {
  static const Index old(base().alone);
  const Index::Impl& now = index.impl();
  const Index::Impl& before = old.impl();
  const std::size_t rows = old.rows();
  require(index.rows() >= rows);
  const auto same = [](const void* a, const void* b, std::size_t bytes) {
    return std::memcmp(a, b, bytes) == 0;
  };
  require(same(now.codes.codes, before.codes.codes, rows * now.codes.stride));
  require(same(now.codes.scales, before.codes.scales, rows * sizeof(float)));
  require(same(now.errors, before.errors, rows * sizeof(CodeErrors)));
  require(same(now.view.reduced, before.view.reduced, rows * now.view.width));
  for (std::uint32_t row = 0; row < rows; ++row)
    require(index.is_deleted(row) || !old.is_deleted(row));
  for (std::uint32_t row = 0; row < index.rows(); ++row) index.name(row);
}

/// What build-index --delete does.
void delete_more(const Index& index) {
  write_changes(index, {{0, 1}});
}

/// What build-index --append does with one row.
void append_one(const Index& index) {
  const Index::Impl& inside = index.impl();
  const std::vector<float> query = some_query();
  CodedRows row = room_for_codes(1, index.dim(), inside.view.width);
  row.scales[0] = encode(query.data(), inside.reduction, row.codes.data(),
                         row.reduced.data(), row.errors[0]);
  GraphGrower graph(
      inside.view, index.info().params,
      {1, row.width, row.reduced.data(), inside.reduction.projects});
  graph.insert_next();
  IndexInfo info = index.info();
  info.sources.push_back({"more.bin", 1, 0, 0});
  Names names;
  for (std::uint32_t i = 0; i < index.rows(); ++i) names.append(index.name(i));
  names.append("more.jpg");
  write_changes(index,
                {{}, &names, false, &row, &graph.growth(), meta_to_json(info)});
}

/// Changes what was opened, if it may be, and opens what that made. `good`: of
/// the changes that are there.
template <typename Change>
void change(bool good, const Change& change) {
  std::size_t rows = 0;
  std::size_t deleted = 0;
  const bool changed = succeeds([&] {
    const Index index(base().path);
    index.verify_names();  // as build-index does
    change(index);
    rows = index.rows();
    deleted = index.deleted_rows();
  });
  require(changed || !good);
  if (!changed) return;
  const bool as_good = succeeds([&] {
    const Index index(base().path);
    index.verify();
    require(index.rows() >= rows && index.deleted_rows() >= deleted);
  });
  require(as_good || !good);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  static const IndexHeader header = IndexFile(base().path).header();
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  base().folder.write("i.changes", test::unpack_changes(bytes, header));
  bool good = false;
  const bool opens = succeeds([&] {
    const Index index(base().path);
    good = succeeds([&] { index.verify(); });
    require(good == succeeds([&] { index.verify_changes(); }));
    const auto use = [&] {
      search(index, good);
      read_rows(index);
    };
    require(succeeds(use) || !good);
    if (good) check_old_rows(index);
  });
  if (!opens) return 0;
  succeeds([&] { search(Index(base().path, IndexAccess::kLoaded), good); });
  change(good, delete_more);
  change(good, append_one);
  return 0;
}
