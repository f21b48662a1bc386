// Queries of a measurement: rows sampled from the index, or those of a file or
// a pipe, normalised and checked; and a session a thread to ask an index for
// them.
//
// A measurement refuses all queries where one is bad, since figures over the
// rest would not say so. query itself reports such a row and goes on, which is
// why RowStream, that both share, gives rows as they are.
#include "common/query_rows.h"
#include "common/completion.h"

#include "common/options.h"

#include "base/error.h"
#include "base/parallel_for.h"
#include "index/vector_set.h"
#include "io/described_vectors.h"
#include "io/file.h"

#include <CLI/CLI.hpp>

#include <cstring>
#include <utility>

namespace imsearch {
namespace {

constexpr std::size_t kMaxSamples = 0xFFFFFFFF;  // rows that an index can have

/// Rows of the index ask for their neighbours; each is excluded from its own
/// answer, which it would lead.
QueryRows sample(SearchIndex& index, const QueryRowsParams& params) {
  const std::vector<std::uint32_t> rows =
      index.sample(params.samples, params.seed);
  QueryRows queries;
  queries.unit = Matrix(rows.size(), index.dim());
  index.read_units(rows, queries.unit.row(0));
  queries.excluded.assign(rows.begin(), rows.end());
  queries.origin = "sampled rows";
  return queries;
}

/// All rows of a stream, however long it takes.
QueryRows read_stream(const SearchIndex& index, const std::string& path) {
  RowStream stream(path, index.dim());
  std::vector<float> floats;
  for (auto some = stream.next(); !some.empty(); some = stream.next())
    floats.insert(floats.end(), some.begin(), some.end());
  QueryRows queries;
  queries.unit = Matrix(floats.size() / index.dim(), index.dim());
  queries.origin = path;
  for (std::size_t q = 0; q < queries.size(); ++q)
    if (!normalize(floats.data() + q * index.dim(), index.dim(),
                   queries.unit.row(q)))
      fail("{}: row {}: NaN or infinity", path, q);
  return queries;
}

QueryRows read_rows_of_file(const SearchIndex& index, const std::string& path) {
  if (is_stream(path)) return read_stream(index, path);
  const VectorSet file = open_query_vectors(index, path);
  QueryRows queries;
  queries.unit = Matrix(file.rows(), file.dim());
  for (std::size_t q = 0; q < file.rows(); ++q)
    file.read_unit(q, queries.unit.row(q));
  queries.origin = path;
  return queries;
}

/// A service has no similarity for a vector without a direction.
void refuse_zeros(const SearchIndex& index, const QueryRows& queries) {
  for (std::size_t q = 0; q < queries.size(); ++q)
    if (is_zero_row(queries.unit.row(q), index.dim()))
      fail("{}: row {}: all zeros, which {} cannot compare", queries.origin,
           queries.excluded_of(q).value_or(q), index.where());
}

}  // namespace

VectorSet open_query_vectors(const SearchIndex& index,
                             const std::string& path) {
  DescribedVectors described({path}, index.dim(), index.where());
  const ModelIdentity& built = index.model();
  if (!same_model(described.model(), built))
    fail("{}: made by {}, but {} by {}: rows of two models cannot be compared",
         described.model_from(), describe_beside(built, described.model()),
         index.where(), describe_beside(described.model(), built));
  // Again, now that all is open: extract may have replaced the files meanwhile.
  described.check_settled();
  return VectorSet(std::move(described.files()));
}

RowStream::RowStream(const std::string& path, std::size_t dim)
    : file_(path), dim_(dim) {}

std::vector<float> RowStream::next() {
  const std::size_t row_bytes = dim_ * sizeof(float);
  while (bytes_.size() < row_bytes) {
    const std::size_t before = bytes_.size();
    // Reads as many as fit, so that a fast writer fills whole blocks; read()
    // gives what is there at once, so that a slow one is not waited for.
    bytes_.resize(kMostRows * row_bytes);
    const std::size_t got =
        file_.read(bytes_.data() + before, bytes_.size() - before);
    bytes_.resize(before + got);
    if (got > 0) continue;
    if (before == 0) return {};
    fail("{}: {} bytes after row {}, a row of {} floats has {}", file_.name(),
         before, rows_, dim_, row_bytes);
  }
  const std::size_t whole = bytes_.size() / row_bytes;
  std::vector<float> rows(whole * dim_);
  std::memcpy(rows.data(), bytes_.data(), whole * row_bytes);
  bytes_.erase(0, whole * row_bytes);
  rows_ += whole;
  return rows;
}

QuerySessions::QuerySessions(const SearchIndex& index, const QueryRows& queries,
                             const SearchParams& params, unsigned threads)
    : queries_(&queries) {
  for (unsigned t = 0; t < threads; ++t)
    sessions_.push_back(index.session(params));
}

std::vector<Hits> QuerySessions::ask_all(
    const std::function<void()>& on_query) const {
  std::vector<Hits> hits(queries_->size());
  const auto threads = static_cast<unsigned>(sessions_.size());
  const std::size_t together =
      sessions_.front()->queries_together(hits.size(), threads);
  parallel_for(hits.size(), together, threads,
               [&](std::size_t begin, std::size_t end, unsigned thread) {
                 std::vector<SearchQuery> queries;
                 queries.reserve(end - begin);
                 for (std::size_t q = begin; q < end; ++q)
                   queries.push_back(queries_->query(q));
                 std::vector<Answer> answers =
                     sessions_[thread]->ask_all(queries);
                 for (std::size_t q = begin; q < end; ++q) {
                   hits[q] = std::move(answers[q - begin].hits);
                   if (on_query) on_query();
                 }
               });
  return hits;
}

Searching searching_of(const SearchIndex& index, const QueryRows& queries,
                       const SearchParams& params, unsigned threads) {
  const auto sessions =
      std::make_shared<const QuerySessions>(index, queries, params, threads);
  return [sessions](std::size_t query, unsigned thread) {
    return sessions->ask(query, thread).hits;
  };
}

void add_query_rows(CLI::App& app, QueryRowsParams& params) {
  CLI::Option* vectors = app.add_option(
      "--vectors", params.vectors,
      "File of vectors to ask for (default: sampled rows of the index)");
  app.add_option("--samples", params.samples, "Rows to sample")
      ->check(cli::whole(1, kMaxSamples))
      ->excludes(vectors)
      ->capture_default_str();
  cli::add_seed(app, params.seed);
  cli::completes(app, {"--vectors"}, cli::kVectorFiles);
}

QueryRows read_query_rows(SearchIndex& index, const QueryRowsParams& params) {
  QueryRows queries = params.vectors.empty()
                          ? sample(index, params)
                          : read_rows_of_file(index, params.vectors);
  if (queries.size() == 0)
    fail("{}: no rows to ask for",
         params.vectors.empty() ? index.where() : params.vectors);
  if (!index.takes_zero_queries()) refuse_zeros(index, queries);
  return queries;
}

}  // namespace imsearch
