// Building an index: every row is coded, the graph is built on the short codes,
// and both go into one file. The vectors themselves stay where they are; the
// index records where that is, and what they are known by.
//
// Codes go into the file as they are made: what a build holds in memory of each
// row is its links and its name. The short codes, of which the graph is built,
// are mapped from the file.
//
// Appending copies the codes of old rows, restores the graph and inserts the
// new rows into it, which gives about the graph that a build of all rows gives.
// Where the codes no longer suit the rows, because they were fitted to others
// or to too few, everything is coded and built anew.
#include "index/build.h"

#include "base/error.h"
#include "base/interrupt.h"
#include "index/coded_rows.h"
#include "index/hnsw_graph.h"
#include "index/hnswlib_file.h"
#include "index/index_impl.h"
#include "index/quantizer_evaluation.h"
#include "index/reduction_fit.h"
#include "index/row_coder.h"
#include "index/serialize.h"
#include "io/file.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

namespace imsearch {
namespace {

namespace fs = std::filesystem;

/// Row numbers have 31 bits: the walk marks candidates that it has expanded by
/// the highest of 32 (graph_search.cpp).
constexpr std::size_t kMaxRows = std::size_t{1} << 31;

/// Fresh codes must find so much more of the neighbours to be worth building
/// the graph again. The shares come from 1,000 queries for 10 neighbours each;
/// near 0.995 one has a standard deviation of sqrt(0.995 * 0.005 / 10,000) =
/// 0.0007, so that a difference of 0.002 is hardly chance.
constexpr double kWorthRefitting = 0.002;

/// "a.bin" or "a.bin and 2 more".
std::string set_name(const VectorSet& vectors) {
  const auto& files = vectors.files();
  if (files.empty()) return "no vectors";
  if (files.size() == 1) return files[0].path();
  return fmt::format("{} and {} more", files[0].path(), files.size() - 1);
}

/// The path from the index's folder to the file, so that both can be moved
/// together. Where the index's path is a link, the folder is that of the file
/// which the link leads to, for there OutputFile makes it. A path that cannot
/// be resolved becomes absolute.
std::string relative_path(const std::string& file, const std::string& index) {
  std::error_code error;
  const fs::path folder =
      fs::canonical(parent_folder(follow_links(index)), error);
  if (error) return fs::absolute(file).string();
  const fs::path target = fs::canonical(file, error);
  if (error) return fs::absolute(file).string();
  return target.lexically_relative(folder).string();
}

/// Codes of rows before `end`, as the index has them.
void take_old_codes(const Index& index, std::size_t end,
                    IndexSerializer& file) {
  constexpr std::size_t kRowsAtOnce = 16384;
  const Index::Impl& old = index.impl();
  for (std::size_t row = 0; row < end; row += kRowsAtOnce) {
    check_interrupt();
    file.take({std::min(kRowsAtOnce, end - row),
               old.codes.codes + row * old.codes.stride, old.codes.scales + row,
               old.view.reduced + row * old.view.width, old.errors + row});
  }
}

/// A graph of all rows; none where there are none.
std::unique_ptr<HnswGraph> build_graph(const ShortCodes& codes,
                                       const HnswParams& params,
                                       unsigned threads,
                                       const OnProgress& on_progress) {
  if (codes.rows == 0) return nullptr;
  auto graph = std::make_unique<HnswGraph>(codes, params);
  insert_rows(*graph, 0, codes, threads, on_progress);
  return graph;
}

/// As RowCoder::check_still_same(), for the rows that the index has already.
void check_old_still_same(const Index& index, const VectorSet& vectors,
                          unsigned threads) {
  const auto written = [](const VectorFile& file) {
    return file.file().current_state() != file.file().state();
  };
  const std::vector<VectorFile>& files = vectors.files();
  if (std::any_of(files.begin(), files.end(), written))
    index.check_rows(vectors, threads);
}

/// hnswlib's files have the vectors: the graph alone needs codes.
std::vector<std::int8_t> code_for_graph(RowCoder& coder, std::size_t rows,
                                        std::size_t width) {
  std::vector<std::int8_t> reduced;
  reduced.reserve(rows * width);
  coder.code([&](const CodesOfRows& piece) {
    reduced.insert(reduced.end(), piece.reduced,
                   piece.reduced + piece.rows * width);
  });
  return reduced;
}

}  // namespace

void check_sizes(const VectorSet& vectors, const Names& names,
                 const HnswParams& params) {
  if (vectors.rows() >= kMaxRows)
    fail("{}: {} rows, an index holds {} at most", set_name(vectors),
         vectors.rows(), kMaxRows - 1);
  if (names.size() != vectors.rows())
    fail("{}: {} rows, but {} names", set_name(vectors), vectors.rows(),
         names.size());
  if (params.M < 2 || params.M > 10000)
    fail("M {} is not between 2 and 10000", params.M);
  if (params.ef_construction < 1) fail("ef construction must not be 0");
}

IndexInfo describe_index(const VectorSet& vectors, const ModelIdentity& model,
                         const HnswParams& params, const std::string& path) {
  IndexInfo info = {vectors.rows(),  vectors.dim(), params, model, {},
                    IMSEARCH_VERSION};
  for (const VectorFile& file : vectors.files())
    info.sources.push_back({relative_path(file.path(), path), file.rows(),
                            fingerprint(file, file.rows()),
                            file.file().state().modified_ns});
  return info;
}

std::vector<std::uint32_t> gone_with(const Index& index,
                                     const std::vector<std::uint32_t>& more) {
  const std::vector<std::uint32_t>& gone = index.info().gone;
  std::vector<std::uint32_t> all;
  std::set_union(gone.begin(), gone.end(), more.begin(), more.end(),
                 std::back_inserter(all));
  return all;
}

void build_index(const VectorSet& vectors, const Names& names,
                 const ModelIdentity& model, const HnswParams& params,
                 const Reduction& reduction, unsigned threads,
                 const std::string& path, const OnProgress& on_progress,
                 IndexFormat format, const std::vector<std::uint32_t>& deleted,
                 const std::vector<std::uint32_t>& gone) {
  check_sizes(vectors, names, params);
  OutputFile out(path);  // first: an unwritable folder should not cost hours
  IndexInfo info = describe_index(vectors, model, params, path);
  info.gone = gone;
  std::string bits(deleted.empty() ? 0 : (vectors.rows() + 7) / 8, '\0');
  mark_deleted(deleted, bits);
  const ReductionView view = reduction.view();
  RowCoder coder(vectors, view, 0, threads);
  const auto build = [&](const std::int8_t* codes) {
    return build_graph({vectors.rows(), view.width, codes, view.projects},
                       params, threads, on_progress);
  };
  if (format == IndexFormat::kHnswlib) {
    const auto codes = code_for_graph(coder, vectors.rows(), view.width);
    const auto graph = build(codes.data());
    write_hnswlib(out, graph.get(), vectors, params, deleted);
  } else if (out.is_regular()) {
    IndexSerializer file(out, vectors.rows(), vectors.dim(), view);
    coder.code([&](const CodesOfRows& piece) { file.take(piece); });
    const auto graph = build(file.short_codes().codes);
    file.finish({view, graph.get(), names, info, bits});
  } else {
    // A pipe can be written to only once all of the index is known.
    CodedRows coded = room_for_codes(vectors.rows(), vectors.dim(), view.width);
    coder.code_into(coded);
    const auto graph = build(coded.reduced.data());
    write_serialized(out, {view, graph.get(), names, info, bits}, coded);
  }
  coder.check_still_same();
  commit_index(out);
}

std::optional<Reduction> refit_for_append(const Index& index,
                                          const VectorSet& vectors,
                                          unsigned threads) {
  if (index.rows() < kLeastFitted) return fit_reduction(vectors, threads);
  if (index.rows() >= vectors.rows()) return std::nullopt;
  // The new rows are evaluated alone, too: where they are few, a loss on them
  // would not show among all rows.
  std::vector<QuantizerEvaluation> judges;
  judges.emplace_back(vectors, index.rows(), threads);
  judges.emplace_back(vectors, 0, threads);
  std::vector<double> found;
  for (QuantizerEvaluation& judge : judges) {
    found.push_back(judge.found_with(index.impl().reduction));
    judge.start_again();
  }
  if (*std::min_element(found.begin(), found.end()) >= kEnoughFound)
    return std::nullopt;
  Reduction refitted = fit_reduction(vectors, threads);
  for (std::size_t i = 0; i < judges.size(); ++i)
    if (judges[i].found_with(refitted.view()) > found[i] + kWorthRefitting)
      return refitted;
  return std::nullopt;
}

void append_to_index(const Index& index, const VectorSet& vectors,
                     const Names& names,
                     const std::optional<Reduction>& refitted, unsigned threads,
                     const std::string& path, const OnProgress& on_progress,
                     const std::vector<std::uint32_t>& gone) {
  const HnswParams& params = index.info().params;
  check_sizes(vectors, names, params);
  OutputFile out(path);
  IndexInfo info = describe_index(vectors, index.info().model, params, path);
  info.gone = gone_with(index, gone);
  const ReductionView reduction =
      refitted ? refitted->view() : index.impl().reduction;
  const std::size_t kept = refitted ? 0 : index.rows();
  IndexSerializer file(out, vectors.rows(), vectors.dim(), reduction);
  take_old_codes(index, kept, file);
  RowCoder coder(vectors, reduction, kept, threads);
  coder.code([&](const CodesOfRows& piece) { file.take(piece); });
  const ShortCodes codes = file.short_codes();
  HnswGraph graph(codes, params);
  if (kept > 0) graph.restore(index.impl().view);
  insert_rows(graph, kept, codes, threads, on_progress);
  // No bits mean that no row is deleted. New rows get bits of zero.
  std::string bits(index.impl().deleted);
  if (!bits.empty() || !gone.empty()) bits.resize((codes.rows + 7) / 8);
  mark_deleted(gone, bits);
  file.finish({reduction, &graph, names, info, bits});
  coder.check_still_same();
  if (kept > 0) check_old_still_same(index, vectors, threads);
  commit_index(out);
}

}  // namespace imsearch
