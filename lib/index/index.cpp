// Opening an index: the header and the table of sections are checked, then
// views into the mapped sections are made. Nothing is read that a search does
// not need, so that it takes milliseconds whatever the size.
//
// Vectors are not copied into the index, so they can change behind its back.
// Each row that is read is compared with its code; and before a search may pass
// over rows by their codes and call the result exact, all are compared, unless
// the files were last modified when the index says.
#include "index/index.h"

#include "base/error.h"
#include "index/flat.h"
#include "index/index_impl.h"
#include "index/index_meta.h"
#include "index/index_verify.h"
#include "io/file.h"
#include "io/text.h"
#include "simd/kernels.h"

#include <algorithm>
#include <bitset>
#include <cmath>
#include <iterator>

namespace imsearch {
namespace {

constexpr std::uint64_t kMaxRows = std::uint64_t{1} << 31;
constexpr std::uint32_t kMaxM = 10000;   // hnswlib's
constexpr std::uint32_t kMaxLevel = 64;  // of 53 random bits (hnsw_graph.cpp)

template <typename T>
const T* as(std::string_view section) {
  return reinterpret_cast<const T*>(section.data());
}

/// The rows that were indexed, of a file that may have grown since. Throws
/// Error: it is another.
VectorFile indexed_rows(const IndexSource& source, const std::string& path,
                        std::size_t dim, std::size_t& rows_behind) {
  VectorFile file(path, dim);
  if (file.rows() < source.rows)
    fail("{}: changed since the index was built: {} rows instead of {}", path,
         file.rows(), source.rows);
  if (fingerprint(file, source.rows) != source.fingerprint)
    fail("{}: changed since the index was built", path);
  rows_behind += file.rows() - source.rows;
  file.keep_rows(source.rows);
  return file;
}

constexpr const char* kRemedy =
    "build the index again, or put the old vectors back";

/// Where the sums of the index were not compared: its codes may be what
/// changed.
constexpr const char* kRemedyUnverified =
    "build the index again, or put the old vectors back; or the index is "
    "damaged: build-index --verify tells";

std::vector<FileState> states_of(const VectorSet& vectors) {
  std::vector<FileState> states;
  for (const VectorFile& file : vectors.files())
    states.push_back(file.file().current_state());
  return states;
}

std::string changed_text(const Index& index, const VectorSet& vectors,
                         std::uint32_t row, const char* remedy) {
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

Index::Impl::Impl(const std::string& path, IndexAccess access) : file(path) {
  read_info();
  read_codes(access);
  read_graph(access);
  read_deleted();
  read_names();
  open_vectors();
}

void Index::Impl::read_info() {
  const IndexHeader& header = file.header();
  if (header.rows >= kMaxRows || header.dim == 0 || header.dim > kMaxDim ||
      header.M < 2 || header.M > kMaxM || header.max_level > kMaxLevel ||
      header.reduced_width == 0 || header.reduced_width % 64 != 0 ||
      header.reduced_width > code_stride(kMaxDim) ||
      !(header.gain > 0 && std::isfinite(header.gain)))
    file.fail_damaged("header");
  info.rows = header.rows;
  info.dim = header.dim;
  info.params = {header.M, header.ef_construction, header.seed};
  file.check_sum("meta");
  meta_from_json(file.section("meta"), file.path(), info);
}

std::string_view Index::Impl::hot_section(std::string_view name,
                                          std::uint64_t size_bytes,
                                          IndexAccess access) {
  const std::string_view mapped = file.section(name, size_bytes);
  if (access == IndexAccess::kMapped) return mapped;
  loaded.emplace_back(mapped);
  file.release(mapped);  // or it would be in memory twice
  return loaded.back().bytes();
}

void Index::Impl::read_codes(IndexAccess access) {
  const IndexHeader& header = file.header();
  codes.rows = header.rows;
  codes.stride = code_stride(header.dim);
  codes.codes =
      as<std::int8_t>(hot_section("codes", codes.rows * codes.stride, access));
  codes.scales = as<float>(hot_section("scales", codes.rows * 4, access));
  errors = as<CodeErrors>(
      hot_section("errors", codes.rows * sizeof(CodeErrors), access));
  const std::uint64_t width = header.reduced_width;
  reduction.dim = header.dim;
  reduction.width = width;
  reduction.gain = header.gain;
  reduction.projects = !file.section("components").empty();
  const std::uint64_t component_bytes =
      reduction.projects ? width * codes.stride : 0;
  reduction.components =
      as<std::int8_t>(hot_section("components", component_bytes, access));
  reduction.factors = as<float>(hot_section("factors", width * 4, access));
  reduction.offsets = as<float>(hot_section("offsets", width * 4, access));
  if (!reduction.projects && width != codes.stride) file.fail_damaged("header");
}

void Index::Impl::read_graph(IndexAccess access) {
  const IndexHeader& header = file.header();
  const std::uint64_t rows = header.rows;
  const std::size_t record_bytes = upper_stride(header.M) * 4;
  view.rows = rows;
  view.width = header.reduced_width;
  view.M = header.M;
  view.reduced =
      as<std::int8_t>(hot_section("reduced", rows * view.width, access));
  view.links = as<std::uint32_t>(
      hot_section("links", rows * link_stride(header.M) * 4, access));
  const std::string_view twins = hot_section("twins", 0, access);
  if (twins.size() % sizeof(Twin) != 0) file.fail_damaged("section twins");
  view.twins = as<Twin>(twins);
  view.twin_count = twins.size() / sizeof(Twin);
  const std::string_view upper = hot_section("upper", 0, access);
  if (upper.size() % record_bytes != 0) file.fail_damaged("section upper");
  view.upper = as<std::uint32_t>(upper);
  view.upper_records = upper.size() / record_bytes;
  // Each level has a record, at least: no walk from level to level is longer.
  if (header.max_level > view.upper_records) file.fail_damaged("header");
  view.max_level = header.max_level;
  view.entry = header.entry;
}

void Index::Impl::read_deleted() {
  deleted = file.section("deleted");
  if (deleted.empty()) return;
  if (deleted.size() != (info.rows + 7) / 8)
    file.fail_damaged("section deleted");
  for (const char byte : deleted)
    deleted_count += std::bitset<8>(static_cast<unsigned char>(byte)).count();
  const unsigned used = info.rows % 8;
  if (used > 0 && static_cast<unsigned char>(deleted.back()) >> used != 0)
    file.fail_damaged("section deleted");
}

void Index::Impl::read_names() {
  names = file.section("names");
  name_ends = as<std::uint64_t>(file.section("name_ends", info.rows * 8));
}

/// Beside the index itself, not beside a link that leads to it.
std::vector<std::string> Index::Impl::source_paths() const {
  const std::string folder = parent_folder(follow_links(file.path()));
  std::vector<std::string> paths;
  for (const IndexSource& source : info.sources) {
    const bool absolute = !source.path.empty() && source.path[0] == '/';
    paths.push_back(absolute || folder == "." ? source.path
                                              : folder + "/" + source.path);
  }
  return paths;
}

void Index::Impl::open_vectors() {
  try {
    std::vector<VectorFile> files;
    const std::vector<std::string> paths = source_paths();
    for (std::size_t i = 0; i < paths.size(); ++i)
      files.push_back(
          indexed_rows(info.sources[i], paths[i], info.dim, rows_behind));
    VectorSet set(std::move(files));
    if (set.rows() == info.rows) {
      vectors.emplace(std::move(set));
      read_good_states();
    } else
      why_no_vectors = fmt::format("{} rows of vectors for an index of {}",
                                   set.rows(), info.rows);
  } catch (const Error& error) {
    why_no_vectors = error.what();
  }
}

/// A file whose time of change is the recorded one needs no check.
void Index::Impl::read_good_states() {
  for (std::size_t f = 0; f < info.sources.size(); ++f) {
    const FileState& state = vectors->files()[f].file().state();
    if (state.modified_ns != 0 &&
        state.modified_ns == info.sources[f].modified_ns)
      good_states.push_back(state);
  }
  if (good_states.size() < info.sources.size()) good_states.clear();
}

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
  const std::uint64_t begin = row == 0 ? 0 : impl_->name_ends[row - 1];
  const std::uint64_t end = impl_->name_ends[row];
  if (begin > end || end > impl_->names.size())
    impl_->file.fail_damaged(fmt::format("name of row {}", row));
  return impl_->names.substr(begin, end - begin);
}

std::optional<std::uint32_t> Index::find(std::string_view wanted) const {
  for (std::uint32_t row = 0; row < rows(); ++row)
    if (!is_deleted(row) && name(row) == wanted) return row;
  return std::nullopt;
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
      decode8(codes.code(wanted[i]), codes.scales[wanted[i]], dim(),
              out + i * dim());
    return;
  }
  with_remedy(*this, [&] { impl_->vectors->read_units(wanted, count, out); });
  const CertifiedCodes certified = impl_->certified();
  for (std::size_t i = 0; i < count; ++i)
    if (!certified.matches(wanted[i], out + i * dim()))
      throw RowError(
          changed_text(*this, *impl_->vectors, wanted[i], kRemedyUnverified));
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
            changed_text(*this, *impl_->vectors, rows[i], kRemedyUnverified));
      out[first + i] = l2sq_of_dots(square, sums.square, sums.dot);
    }
  }
}

void Index::check_rows(const VectorSet& vectors, unsigned threads) const {
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
  if (const auto row =
          first_changed_row(*impl_->vectors, impl_->certified(), 0))
    throw Error(changed_text(*this, *impl_->vectors, *row, kRemedyUnverified));
  impl_->good_states = std::move(states);
}

void Index::verify() const {
  verify_index(*impl_);
}

void Index::ensure_unchanged() const {
  if (!impl_->file.unchanged())
    fail("{}: changed while it was in use: start again", path());
}

}  // namespace imsearch
