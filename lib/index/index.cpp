// What an open index answers: names, deleted rows, and rows of vectors.
//
// Vectors are not copied into the index, so they can change behind its back.
// Each row that is read is therefore compared with its code. A search that
// passes over rows by their codes and calls the result exact never reads those
// rows: before it, all of them are compared, unless the files were last
// modified when the index says. index_open.cpp opens the file, verify.cpp reads
// all of it.
#include "index/index.h"

#include "base/command.h"
#include "base/error.h"
#include "index/flat.h"
#include "index/index_impl.h"
#include "io/file.h"
#include "io/text.h"
#include "simd/kernels.h"

#include <algorithm>
#include <iterator>

namespace imsearch {
namespace {

constexpr const char* kRemedy =
    "build the index again, or put the old vectors back";

/// Where the sums of the index were not compared: its codes may be what
/// changed.
std::string remedy_unverified() {
  return fmt::format("{}; or the index is damaged: {} tells", kRemedy,
                     command("build-index --verify"));
}

std::vector<FileState> states_of(const VectorSet& vectors) {
  std::vector<FileState> states;
  for (const VectorFile& file : vectors.files())
    states.push_back(file.file().current_state());
  return states;
}

std::string changed_text(const Index& index, const VectorSet& vectors,
                         std::uint32_t row, const std::string& remedy) {
  return fmt::format("{} ({}): changed since {} was built: {}",
                     vectors.where(row), escape_field(index.name(row)),
                     index.path(), remedy);
}

void check_numbers(const Index& index, const std::uint32_t* rows,
                   std::size_t count) {
  for (std::size_t i = 0; i < count; ++i)
    if (rows[i] >= index.rows())
      fail("{}: row {} of {}", index.path(), rows[i], index.rows());
}

/// What is not a number, no index is built of.
template <typename Read>
void with_remedy(const Index& index, const Read& read) {
  try {
    read();
  } catch (const Error& e) {
    throw RowError(fmt::format("{}: changed since {} was built: {}", e.what(),
                               index.path(), kRemedy));
  }
}

}  // namespace

Index::Index(const std::string& path, IndexAccess access)
    : impl_(std::make_unique<Impl>(path, access)) {}
Index::~Index() = default;
Index::Index(Index&&) noexcept = default;
Index& Index::operator=(Index&&) noexcept = default;

const std::string& Index::path() const {
  return impl_->file.path();
}
const IndexInfo& Index::info() const {
  return impl_->info;
}

std::size_t Index::deleted_rows() const {
  return impl_->deleted_count;
}

bool Index::is_deleted(std::uint32_t row) const {
  const std::string_view bits = impl_->deleted;
  return row / 8 < bits.size() &&
         ((static_cast<unsigned>(bits[row / 8]) >> row % 8) & 1U) != 0;
}

std::string_view Index::name(std::uint32_t row) const {
  if (row >= rows()) fail("{}: row {} of {}", path(), row, rows());
  return impl_->name(row);
}

std::optional<std::uint32_t> Index::find(std::string_view wanted) const {
  for (std::uint32_t row = 0; row < rows(); ++row)
    if (!is_deleted(row) && name(row) == wanted) return row;
  return std::nullopt;
}

std::string Index::foreign_changes() const {
  const std::string changes = changes_path(path());
  if (!impl_->foreign_changes || !file_exists(changes)) return {};
  return fmt::format(
      "{}: not the changes of {}: what --delete and --append put there does "
      "not count: put back the index that it belongs to, or remove it",
      changes, path());
}

const VectorSet* Index::vectors() const {
  return impl_->vectors ? &*impl_->vectors : nullptr;
}

std::vector<std::string> Index::source_paths() const {
  return impl_->source_paths();
}

std::size_t Index::rows_behind() const {
  return impl_->rows_behind;
}

const std::string& Index::why_no_vectors() const {
  return impl_->why_no_vectors;
}

void Index::read_unit(std::uint32_t row, float* out) const {
  read_units(&row, 1, out);
}

void Index::read_units(const std::uint32_t* wanted, std::size_t count,
                       float* out) const {
  check_numbers(*this, wanted, count);
  const CodesView& codes = impl_->codes;
  if (!impl_->vectors) {
    for (std::size_t i = 0; i < count; ++i)
      decode_sq8(codes.code(wanted[i]), codes.scales[wanted[i]], dim(),
                 out + i * dim());
    return;
  }
  with_remedy(*this, [&] { impl_->vectors->read_units(wanted, count, out); });
  const CertifiedCodes certified = impl_->certified();
  for (std::size_t i = 0; i < count; ++i)
    if (!certified.matches(wanted[i], out + i * dim()))
      throw RowError(
          changed_text(*this, *impl_->vectors, wanted[i], remedy_unverified()));
}

void Index::measure_rows(const float* unit, const std::uint32_t* wanted,
                         std::size_t count, float* scratch, float* out) const {
  if (!impl_->vectors) {
    read_units(wanted, count, scratch);
    exact_l2sq(unit, scratch, count, dim(), out);
    return;
  }
  check_numbers(*this, wanted, count);
  const simd::Kernels& kernels = simd::active();
  const CertifiedCodes certified = impl_->certified();
  const CodesView& codes = impl_->codes;
  const float square = kernels.dot(unit, unit, dim());
  UndividedRow found[VectorSet::kRowsTogether];
  for (std::size_t first = 0; first < count; first += std::size(found)) {
    const std::uint32_t* rows = wanted + first;
    const std::size_t together = std::min(std::size(found), count - first);
    // What the rows are checked against arrives while they are read.
    for (std::size_t i = 0; i < together; ++i) certified.fetch(rows[i]);
    with_remedy(*this, [&] {
      impl_->vectors->find_rows(rows, together, scratch, found);
    });
    for (std::size_t i = 0; i < together; ++i) {
      const simd::UnitSums sums =
          kernels.unit_sums(found[i].values, found[i].length, unit,
                            codes.code(rows[i]), codes.scales[rows[i]], dim());
      if (!certified.matches_at(rows[i], sums.l2sq_code))
        throw RowError(
            changed_text(*this, *impl_->vectors, rows[i], remedy_unverified()));
      out[first + i] = l2sq_of_dots(square, sums.square, sums.dot);
    }
  }
}

void Index::check_rows(const VectorSet& vectors, unsigned threads) const {
  impl_->expect_checks();
  if (const auto row = first_changed_row(vectors, impl_->certified(), threads))
    throw Error(changed_text(*this, vectors, *row, kRemedy));
}

void Index::check_rows(unsigned threads) const {
  if (impl_->vectors) check_rows(*impl_->vectors, threads);
}

void Index::ensure_rows() const {
  if (!impl_->vectors) return;
  const std::lock_guard<std::mutex> lock(impl_->good_mutex);
  // Taken first: what changes during the check is checked again.
  std::vector<FileState> states = states_of(*impl_->vectors);
  if (states == impl_->good_states) return;
  impl_->expect_checks();
  if (const auto row =
          first_changed_row(*impl_->vectors, impl_->certified(), 0))
    throw Error(
        changed_text(*this, *impl_->vectors, *row, remedy_unverified()));
  impl_->good_states = std::move(states);
}

void Index::ensure_unchanged() const {
  if (!impl_->file.unchanged() ||
      (impl_->changes && !impl_->changes->unchanged()))
    fail("{}: changed while it was in use: start again", path());
}

}  // namespace imsearch
