#include "index/build.h"

#include "base/error.h"
#include "index/coded_rows.h"
#include "index/freeze.h"
#include "index/hnsw_graph.h"
#include "index/hnswlib_file.h"
#include "index/index_impl.h"
#include "index/insert.h"
#include "index/reduction_fit.h"
#include "io/file.h"

#include <filesystem>
#include <optional>

namespace imsearch {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxRows = std::size_t{1} << 31;

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

/// The path from the index's folder to the file, so that both can move.
std::string relative_path(const std::string& file, const std::string& index) {
  std::error_code error;
  const fs::path folder = fs::canonical(parent_folder(index), error);
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
                            fingerprint(file, file.rows())});
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

}  // namespace

void build_index(const VectorSet& vectors, const Names& names,
                 const ModelIdentity& model, const HnswParams& params,
                 const Reduction& reduction, unsigned threads,
                 const std::string& path, const OnProgress& on_progress,
                 IndexFormat format) {
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
  if (format == IndexFormat::kHnswlib)
    write_hnswlib(out, built, vectors, params);
  else
    write_frozen(out, {coded, reduction.view(), built, names, info, {}});
  out.commit();
}

std::optional<Reduction> refit_for_append(const Index& index,
                                          const VectorSet& vectors,
                                          unsigned threads) {
  if (index.rows() >= kLeastFitted) return std::nullopt;
  return fit_reduction(vectors, threads);
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
  write_frozen(out, {coded, reduction, &graph, names, info, deleted});
  out.commit();
}

}  // namespace imsearch
