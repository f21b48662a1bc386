// An index file behind the interface of something to search.
//
// The file is mapped, and another program may write to it while it is searched:
// then anything may have been read, including nonsense that looks like damage.
// So every answer, and every error, counts only if the file was not written to
// meanwhile. build-index itself never writes to a finished index: it renames a
// new one into its place, and whoever has the old one open keeps that.
#include "search/local_index.h"

#include "base/command.h"
#include "base/error.h"
#include "base/parallel_for.h"
#include "eval/measure.h"
#include "index/picture_path.h"
#include "index/searcher.h"
#include "io/file.h"
#include "io/name_filter.h"

#include <algorithm>
#include <optional>
#include <string_view>

namespace imsearch {
namespace {

/// Rules whose rows are kept for further requests.
constexpr std::size_t kMostKept = 16;

Index open_index(const std::string& path, IndexAccess access) {
  if (!file_exists(path))
    fail("{}: no such file: {} makes an index, -i says where it is", path,
         command("build-index"));
  return Index(path, access);
}

/// A row with its name and vector. A row of the vectors that has changed is
/// told in `error` instead of thrown: its name is still good to show.
StoredRow stored_row(const Index& index, std::uint32_t row) {
  StoredRow stored;
  stored.row = row;
  stored.name = index.name(row);
  stored.unit.resize(index.dim());
  try {
    index.read_unit(row, stored.unit.data());
  } catch (const RowError& e) {
    stored.error = e.what();
  }
  return stored;
}

/// What `read()` reads from the index. Throws Error if the file was written to
/// meanwhile, in place of whatever else `read()` gave or threw; but an
/// interrupt stays one.
template <typename Read>
auto read_unchanged(const Index& index, const Read& read) {
  try {
    auto result = read();
    index.ensure_unchanged();
    return result;
  } catch (const Interrupted&) {
    throw;
  } catch (const Error&) {
    index.ensure_unchanged();
    throw;
  }
}

/// The rows of `index` that pass, by all CPUs: a million names take one of them
/// a tenth of a second.
std::vector<std::uint32_t> passing_rows(const Index& index,
                                        const NameFilter& filter) {
  constexpr std::size_t kTogether = 65536;
  std::vector<std::vector<std::uint32_t>> parts((index.rows() + kTogether - 1) /
                                                kTogether);
  parallel_for(parts.size(), 1, usable_cpus(),
               [&](std::size_t begin, std::size_t end, unsigned) {
                 for (std::size_t part = begin; part < end; ++part)
                   for (std::size_t row = part * kTogether;
                        row < std::min((part + 1) * kTogether, index.rows());
                        ++row) {
                     const auto r = static_cast<std::uint32_t>(row);
                     if (!index.is_deleted(r) && filter.passes(index.name(r)))
                       parts[part].push_back(r);
                   }
               });
  std::vector<std::uint32_t> rows;
  for (const std::vector<std::uint32_t>& part : parts)
    rows.insert(rows.end(), part.begin(), part.end());
  return rows;
}

/// Holds the scratch memory of one thread's searches.
class LocalSession : public SearchSession {
 public:
  LocalSession(const Index& index, const SearchParams& params,
               std::shared_ptr<const RowSet> allowed)
      : index_(&index), params_(params), searcher_(index, std::move(allowed)) {}

  Answer ask(const SearchQuery& query) override {
    return std::move(ask_all({query}).front());
  }

  std::size_t queries_together() const override {
    return params_.exact ? searcher_.exact_together() : 1;
  }

  std::vector<Answer> ask_all(
      const std::vector<SearchQuery>& queries) override {
    return read_unchanged(*index_, [&] {
      std::vector<Answer> answers;
      answers.reserve(queries.size());
      if (params_.exact)
        for (Hits& hits : searcher_.search_exactly(queries, params_.k))
          answers.push_back(answer_of(std::move(hits)));
      else
        for (const SearchQuery& query : queries)
          answers.push_back(
              answer_of(searcher_.search(query.unit, params_, query.excluded)));
      return answers;
    });
  }

 private:
  Answer answer_of(Hits hits) const {
    Answer answer;
    answer.hits = std::move(hits);
    if (params_.names)
      for (const Hit& hit : answer.hits)
        answer.names.emplace_back(index_->name(hit.row));
    return answer;
  }

  const Index* index_;
  SearchParams params_;
  Searcher searcher_;
};

}  // namespace

LocalIndex::LocalIndex(const std::string& path, IndexAccess access)
    : index_(open_index(path, access)) {}

std::vector<std::string> LocalIndex::files() const {
  std::vector<std::string> files = {index_.path()};
  if (index_.vectors() != nullptr)
    for (const VectorFile& file : index_.vectors()->files())
      files.push_back(file.path());
  return files;
}

std::string LocalIndex::picture(std::uint32_t row, const std::string&) const {
  return picture_path(index_, row);
}

std::optional<StoredRow> LocalIndex::row(std::size_t number) {
  if (number >= index_.rows()) return std::nullopt;
  return read_unchanged(index_, [&]() -> std::optional<StoredRow> {
    const auto r = static_cast<std::uint32_t>(number);
    StoredRow stored = stored_row(index_, r);
    if (index_.is_deleted(r))
      stored.error =
          fmt::format("deleted in {}: {} indexes it again", index_.path(),
                      command("build-index --restore-deleted"));
    return stored;
  });
}

std::optional<StoredRow> LocalIndex::find(const std::string& name) {
  return read_unchanged(index_, [&]() -> std::optional<StoredRow> {
    const std::optional<std::uint32_t> row = index_.find(name);
    if (!row) return std::nullopt;
    return stored_row(index_, *row);
  });
}

std::vector<std::uint32_t> LocalIndex::sample(std::size_t count,
                                              std::uint64_t seed) {
  std::vector<std::uint32_t> there;
  for (std::uint32_t row = 0; row < index_.rows(); ++row)
    if (!index_.is_deleted(row)) there.push_back(row);
  std::vector<std::uint32_t> rows = sample_rows(there.size(), count, seed);
  for (std::uint32_t& row : rows) row = there[row];
  return rows;
}

void LocalIndex::read_units(const std::vector<std::uint32_t>& rows,
                            float* out) {
  index_.read_units(rows.data(), rows.size(), out);
}

std::vector<std::string> LocalIndex::unmatched(const NameRules& rules) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto key = std::make_pair(rules.only, rules.without);
  if (const auto kept = unmatched_.find(key); kept != unmatched_.end())
    return kept->second;
  std::vector<std::string> patterns = rules.only;
  patterns.insert(patterns.end(), rules.without.begin(), rules.without.end());
  const auto matches = [&](const std::string& pattern) {
    return any_passes(NameFilter({{pattern}, {}}), index_.rows(),
                      [&](std::size_t i) -> std::optional<std::string_view> {
                        const auto row = static_cast<std::uint32_t>(i);
                        if (index_.is_deleted(row)) return std::nullopt;
                        return index_.name(row);
                      });
  };
  read_unchanged(index_, [&] {
    patterns.erase(std::remove_if(patterns.begin(), patterns.end(), matches),
                   patterns.end());
    return true;
  });
  if (unmatched_.size() >= kMostKept) unmatched_.clear();
  return unmatched_[key] = std::move(patterns);
}

std::shared_ptr<const RowSet> LocalIndex::rows_passing(
    const NameRules& rules) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::shared_ptr<const RowSet>& kept = passing_[{rules.only, rules.without}];
  if (kept != nullptr) return kept;
  const NameFilter filter(rules);
  auto passing = read_unchanged(index_, [&] {
    return std::make_shared<const RowSet>(index_.rows(),
                                          passing_rows(index_, filter));
  });
  if (passing_.size() > kMostKept) {
    passing_.clear();
    passing_[{rules.only, rules.without}] = passing;
    return passing;
  }
  return kept = std::move(passing);
}

std::unique_ptr<SearchSession> LocalIndex::session(
    const SearchParams& params) const {
  if (params.exact && index_.vectors() == nullptr)
    fail(
        "{}: exact search needs the vectors: {}: put them back, or leave out "
        "--exact",
        index_.path(), index_.why_no_vectors());
  return std::make_unique<LocalSession>(
      index_, params,
      params.name_rules.empty() ? nullptr : rows_passing(params.name_rules));
}

}  // namespace imsearch
