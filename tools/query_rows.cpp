#include "query_rows.h"

#include "options.h"
#include "query_vectors.h"

#include "base/error.h"
#include "eval/sample.h"

namespace imsearch {
namespace {

constexpr std::size_t kMaxSamples = 0xFFFFFFFF;  // rows that an index can have

QueryRows sample(const Index& index, const QueryRowsParams& params) {
  std::vector<std::uint32_t> there;
  for (std::uint32_t row = 0; row < index.rows(); ++row)
    if (!index.is_deleted(row)) there.push_back(row);
  std::vector<std::uint32_t> rows =
      sample_rows(there.size(), params.samples, params.seed);
  for (std::uint32_t& row : rows) row = there[row];
  QueryRows queries;
  queries.unit = Matrix(rows.size(), index.dim());
  for (std::size_t q = 0; q < rows.size(); ++q)
    index.read_unit(rows[q], queries.unit.row(q));
  queries.leave_out.assign(rows.begin(), rows.end());
  queries.origin = "sampled rows";
  return queries;
}

QueryRows read_file(const Index& index, const std::string& path) {
  const VectorSet file = open_query_vectors(index, path);
  QueryRows queries;
  queries.unit = Matrix(file.rows(), file.dim());
  for (std::size_t q = 0; q < file.rows(); ++q)
    file.read_unit(q, queries.unit.row(q));
  queries.origin = path;
  return queries;
}

}  // namespace

void add_query_rows(CLI::App& app, QueryRowsParams& params) {
  CLI::Option* vectors = app.add_option(
      "--vectors", params.vectors,
      "File of vectors to ask for (default: sampled rows of the index)");
  app.add_option("--samples", params.samples, "Rows to sample")
      ->check(CLI::Range(std::size_t{1}, kMaxSamples))
      ->excludes(vectors)
      ->capture_default_str();
  cli::add_seed(app, params.seed);
}

QueryRows read_query_rows(const Index& index, const QueryRowsParams& params) {
  QueryRows queries = params.vectors.empty() ? sample(index, params)
                                             : read_file(index, params.vectors);
  if (queries.size() == 0)
    fail("{}: no rows to ask for",
         params.vectors.empty() ? index.path() : params.vectors);
  return queries;
}

}  // namespace imsearch
