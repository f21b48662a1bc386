// Building an index: every row is coded, the graph is built on the short codes,
// and both go into one file. The vectors themselves stay where they are; the
// index records where that is, and what they are known by.
//
// Appending copies the codes of old rows, restores the graph and inserts the
// new rows into it, which gives about the graph that a build of all rows gives.
// Where the codes no longer suit the rows, because they were fitted to others
// or to too few, everything is coded and built anew.
#include "index/build.h"

#include "base/error.h"
#include "index/coded_rows.h"
#include "index/hnsw_graph.h"
#include "index/hnswlib_file.h"
#include "index/index_impl.h"
#include "index/quantizer_evaluation.h"
#include "index/reduction_fit.h"
#include "index/row_check.h"
#include "index/serialize.h"
#include "io/file.h"

#include <algorithm>
#include <filesystem>
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

void check_sizes(const VectorSet& vectors, const Names& names,
                 const HnswParams& params) {
  if (names.size() != vectors.rows())
    fail("{}: {} rows, but {} names", set_name(vectors), vectors.rows(),
         names.size());
  if (vectors.rows() >= kMaxRows)
    fail("{}: {} rows, an index holds {} at most", set_name(vectors),
         vectors.rows(), kMaxRows - 1);
  if (params.M < 2 || params.M > 10000)
    fail("M {} is not between 2 and 10000", params.M);
  if (params.ef_construction < 1) fail("ef construction must not be 0");
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

/// Codes of all rows: those of the rows before `first` are copied from the
/// index, whose graph was built on them, and only later rows are read.
CodedRows code_appended(const Index& index, const VectorSet& vectors,
                        const ReductionView& reduction, std::size_t first,
                        unsigned threads) {
  CodedRows coded =
      room_for_codes(vectors.rows(), vectors.dim(), reduction.width);
  if (first > 0) {
    const Index::Impl& old = index.impl();
    std::copy_n(old.codes.codes, first * coded.stride, coded.codes.data());
    std::copy_n(old.codes.scales, first, coded.scales.data());
    std::copy_n(old.view.reduced, first * coded.width, coded.reduced.data());
    std::copy_n(old.errors, first, coded.errors.data());
  }
  code_rows_from(
      first, vectors, reduction, [first](std::size_t i) { return first + i; },
      threads, coded);
  return coded;
}

ShortCodes short_codes(const CodedRows& coded, const ReductionView& reduction) {
  return {coded.rows, coded.width, coded.reduced.data(), reduction.projects};
}

/// Throws Error if a row that was indexed differs from the row that is in the
/// file now. Another program may write to the vectors while they are indexed,
/// which is harmless if it only adds rows behind them; so the rows are compared
/// with their codes, and only where a file was written to at all.
void check_still_same(const VectorSet& vectors, const CodedRows& coded,
                      const ReductionView& reduction, unsigned threads) {
  const auto unchanged = [](const VectorFile& file) {
    return file.file().current_state() == file.file().state();
  };
  const std::vector<VectorFile>& files = vectors.files();
  if (std::all_of(files.begin(), files.end(), unchanged)) return;
  const CodesView codes = {coded.rows, coded.stride, coded.codes.data(),
                           coded.scales.data()};
  const auto row = first_changed_row(
      vectors, {codes, coded.errors.data(), coded.reduced.data(), reduction},
      threads);
  if (row)
    fail("{}: changed while it was indexed: build the index again",
         vectors.where(*row));
}

}  // namespace

void build_index(const VectorSet& vectors, const Names& names,
                 const ModelIdentity& model, const HnswParams& params,
                 const Reduction& reduction, unsigned threads,
                 const std::string& path, const OnProgress& on_progress,
                 IndexFormat format,
                 const std::vector<std::uint32_t>& deleted) {
  check_sizes(vectors, names, params);
  OutputFile out(path);  // first: an unwritable folder should not cost hours
  const IndexInfo info = describe_index(vectors, model, params, path);
  const CodedRows coded = code_rows(vectors, reduction.view(), threads);
  std::optional<HnswGraph> graph;
  if (coded.rows > 0) {
    const ShortCodes codes = short_codes(coded, reduction.view());
    graph.emplace(codes, params);
    insert_rows(*graph, 0, codes, threads, on_progress);
  }
  const HnswGraph* built = graph ? &*graph : nullptr;
  std::string bits(deleted.empty() ? 0 : (vectors.rows() + 7) / 8, '\0');
  mark_deleted(deleted, bits);
  if (format == IndexFormat::kHnswlib)
    write_hnswlib(out, built, vectors, params, deleted);
  else
    write_serialized(out, {coded, reduction.view(), built, names, info, bits});
  check_still_same(vectors, coded, reduction.view(), threads);
  out.commit();
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
                     const std::vector<std::uint32_t>& deleted) {
  const HnswParams& params = index.info().params;
  check_sizes(vectors, names, params);
  OutputFile out(path);
  const IndexInfo info =
      describe_index(vectors, index.info().model, params, path);
  const ReductionView reduction =
      refitted ? refitted->view() : index.impl().reduction;
  const std::size_t kept = refitted ? 0 : index.rows();
  const CodedRows coded =
      code_appended(index, vectors, reduction, kept, threads);
  const ShortCodes codes = short_codes(coded, reduction);
  HnswGraph graph(codes, params);
  if (kept > 0) graph.restore(index.impl().view);
  insert_rows(graph, kept, codes, threads, on_progress);
  // No bits mean that no row is deleted. New rows get bits of zero.
  std::string bits(index.impl().deleted);
  if (!bits.empty() || !deleted.empty()) bits.resize((coded.rows + 7) / 8);
  mark_deleted(deleted, bits);
  write_serialized(out, {coded, reduction, &graph, names, info, bits});
  check_still_same(vectors, coded, reduction, threads);
  out.commit();
}

}  // namespace imsearch
