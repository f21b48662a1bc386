#include "index/append_few.h"

#include "base/interrupt.h"
#include "index/build.h"
#include "index/graph_growth.h"
#include "index/index_changes.h"
#include "index/index_impl.h"
#include "index/index_meta.h"
#include "index/quantizer_evaluation.h"
#include "index/reduction_fit.h"
#include "index/row_coder.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace imsearch {

namespace {

/// Insertions one by one, each of a fraction of a millisecond, take less time
/// up to here than restoring the graph in memory does.
constexpr std::size_t kFewest = 16;
constexpr std::size_t kShareOfRows = 200;

/// Rows among which QuantizerEvaluation looks for neighbours.
constexpr std::size_t kJudgedRows = 10'000;
/// Neighbours that QuantizerEvaluation looks for, of each row.
constexpr double kSoughtOfRow = 10;

/// Whether the rows that `old` has are still known to be those that were
/// indexed: the file is as it was, or by its sidecar has only grown.
bool rows_are_known(const VectorFile& file, const IndexSource& old) {
  const std::int64_t modified_ns = file.file().state().modified_ns;
  if (old.modified_ns == 0) return false;
  if (file.rows() == old.rows && modified_ns == old.modified_ns) return true;
  const std::optional<Sidecar> sidecar = read_sidecar(file.path());
  return sidecar &&
         only_appended_between(*sidecar, old.modified_ns, modified_ns);
}

/// Without the time of a file whose old rows nobody has compared.
IndexInfo info_after(const Index& index, const VectorSet& vectors) {
  IndexInfo info = describe_index(vectors, index.info().model,
                                  index.info().params, index.path());
  const std::vector<IndexSource>& old = index.info().sources;
  for (std::size_t i = 0; i < old.size(); ++i)
    if (!rows_are_known(vectors.files()[i], old[i]))
      info.sources[i].modified_ns = 0;
  return info;
}

}  // namespace

bool are_few(const Index& index, std::size_t new_rows) {
  return can_have_changes(index) && index.rows() >= kLeastFitted &&
         new_rows <= std::max(kFewest, index.rows() / kShareOfRows);
}

bool codes_suit(const Index& index, const VectorSet& vectors,
                unsigned threads) {
  const std::size_t more = vectors.rows() - index.rows();
  // What it looks at, but for new rows: a file may be much larger.
  for (const std::uint32_t row : spread_over(vectors.rows(), kJudgedRows))
    vectors.fetch_row(row);
  QuantizerEvaluation judge(vectors, index.rows(), threads);
  const double found = judge.found_with(index.impl().reduction);
  const double sought = kSoughtOfRow * static_cast<double>(more);
  const double deviation =
      std::sqrt(kEnoughFound * (1 - kEnoughFound) / sought);
  return found >= kEnoughFound - 3 * deviation - 1 / sought;
}

void append_few(const Index& index, const VectorSet& vectors,
                const Names& names, bool renames, unsigned threads,
                const OnProgress& on_progress,
                const std::vector<std::uint32_t>& gone) {
  check_sizes(vectors, names, index.info().params);
  const ReductionView& reduction = index.impl().reduction;
  const std::size_t more = vectors.rows() - index.rows();
  IndexInfo info = info_after(index, vectors);
  info.gone = gone_with(index, gone);
  RowCoder coder(vectors, reduction, index.rows(), threads);
  CodedRows coded = room_for_codes(more, vectors.dim(), reduction.width);
  coder.code_into(coded);
  GraphGrower graph(index.impl().view, index.info().params,
                    {more, coded.width, coded.reduced.data(),
                     index.impl().reduction.projects});
  for (std::size_t i = 0; i < more; ++i) {
    check_interrupt();
    graph.insert_next();
    if (on_progress) on_progress(i + 1);
  }
  coder.check_still_same();
  index.ensure_unchanged();
  write_changes(index, {gone, &names, renames, &coded, &graph.growth(),
                        meta_to_json(info)});
}

}  // namespace imsearch
