// Building an index: short codes of all rows, the graph on these codes, then
// one file with both. Appending grows the graph of an index in the same way,
// and builds it anew where its codes do not fit what has come.
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

constexpr std::size_t kMaxRows = std::size_t{1} << 31;

/// Codes that find so much more are worth building the graph again.
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

/// The path from the index's folder to the file, so that both can move. The
/// index is where its links lead to.
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

/// The codes that the index has of the rows before `first`, and new ones.
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

/// Vectors that were written to since they were opened may differ from what
/// has been indexed; rows may only have been added behind them.
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
    graph.emplace(coded.rows, coded.width, params);
    insert_rows(*graph, 0, coded, threads, on_progress);
  }
  const HnswGraph* built = graph ? &*graph : nullptr;
  std::string bits(deleted.empty() ? 0 : (vectors.rows() + 7) / 8, '\0');
  mark_deleted(deleted, bits);
  if (format == IndexFormat::kHnswlib)
    write_hnswlib(out, built, vectors, params);
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
  // New rows that are few among all have queries of their own.
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
                     const std::string& path, const OnProgress& on_progress) {
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
  HnswGraph graph(coded.rows, coded.width, params);
  if (kept > 0) graph.restore(index.impl().view);
  insert_rows(graph, kept, coded, threads, on_progress);
  std::string deleted(index.impl().deleted);
  if (!deleted.empty()) deleted.resize((coded.rows + 7) / 8);
  write_serialized(out, {coded, reduction, &graph, names, info, deleted});
  check_still_same(vectors, coded, reduction, threads);
  out.commit();
}

}  // namespace imsearch
