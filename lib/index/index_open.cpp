// Opening an index: the header and the table of sections are checked, then
// views into the mapped sections are made, after a comparison of their sizes.
// No section is read but `meta` and `deleted`, so that opening takes
// milliseconds whatever the size of the index. What the other sections say is
// checked where it is used, or by verify.cpp.
//
// Vectors that are gone or changed do not make opening fail: codes alone answer
// almost as well, and the reason is kept for those who need the vectors.
#include "base/error.h"
#include "index/foreign_changes.h"
#include "index/index_impl.h"
#include "index/index_meta.h"
#include "io/file.h"
#include "io/memory.h"
#include "io/read_ahead.h"

#include <sys/mman.h>

#include <algorithm>
#include <bitset>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <iterator>

namespace imsearch {
namespace {

constexpr std::uint64_t kMaxRows = std::uint64_t{1} << 31;
constexpr std::uint32_t kMaxM = 10000;   // as hnswlib allows
constexpr std::uint32_t kMaxLevel = 64;  // of 53 random bits (hnsw_graph.cpp)

/// Those that new rows lengthen, all of them.
constexpr std::string_view kRowSections[] = {"reduced", "codes", "scales",
                                             "errors",  "links", "upper"};

template <typename T>
const T* as(std::string_view section) {
  return reinterpret_cast<const T*>(section.data());
}

/// Opens a file of vectors that may have grown since it was indexed, and keeps
/// the rows that were indexed; adds the others to `rows_behind`. Throws Error
/// if it is not the file that was indexed.
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

}  // namespace

LoadedCopy::LoadedCopy(std::string_view bytes) {
  if (bytes.empty()) return;
  void* memory = ::mmap(nullptr, bytes.size(), PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED)
    fail("{} bytes of memory: {}", bytes.size(), errno_text(errno));
  memory_ = std::unique_ptr<char, Unmap>(static_cast<char*>(memory),
                                         Unmap{bytes.size()});
  ::madvise(memory, bytes.size(), MADV_HUGEPAGE);
  std::memcpy(memory, bytes.data(), bytes.size());
}

std::string_view LoadedCopy::bytes() const {
  return {memory_.get(), memory_.get_deleter().size_bytes};
}

void LoadedCopy::Unmap::operator()(char* memory) const {
  ::munmap(memory, size_bytes);
}

Index::Impl::Impl(const std::string& path, IndexAccess access)
    : Impl(open_index_files(path), access) {}

Index::Impl::Impl(IndexFiles files, IndexAccess access)
    : file(std::move(files.base)), changes(std::move(files.changes)) {
  read_info();
  if (changes) read_changes();
  read_codes(access);
  read_graph(access);
  read_deleted();
  read_names();
  foreign_changes = files.foreign && !are_taken_in(*files.foreign, *this);
  file.close_descriptor();
  if (changes) changes->close_descriptor();
  open_vectors();
  plan_reading(access);
}

void Index::Impl::read_info() {
  const IndexHeader& header = this->header();
  if (header.rows >= kMaxRows || header.dim == 0 || header.dim > kMaxDim ||
      header.M < 2 || header.M > kMaxM || header.max_level > kMaxLevel ||
      header.reduced_width == 0 || header.reduced_width % 64 != 0 ||
      header.reduced_width > code_stride(kMaxDim) ||
      !(header.gain > 0 && std::isfinite(header.gain)))
    file.fail_damaged("header");
  info.rows = header.rows;
  info.dim = header.dim;
  info.params = {header.M, header.ef_construction, header.seed};
  const IndexFile& newest = changes ? *changes : file;
  newest.check_sum("meta");
  meta_from_json(newest.section("meta"), newest.path(), info);
}

/// What can be changed, and what cannot.
void Index::Impl::read_changes() {
  const IndexHeader& now = changes->header();
  const IndexHeader& old = file.header();
  const bool fits = now.rows >= old.rows && now.dim == old.dim &&
                    now.M == old.M && now.reduced_width == old.reduced_width &&
                    now.gain == old.gain && now.seed == old.seed &&
                    now.ef_construction == old.ef_construction &&
                    now.max_level >= old.max_level;
  const bool same_graph =
      now.max_level == old.max_level && now.entry == old.entry;
  if (!fits || (now.rows == old.rows && !same_graph))
    changes->fail_damaged("header");
}

/// Without new rows, the index file has all of the graph and the codes. With
/// them, changes have a part of each section that has something of each row.
bool Index::Impl::is_changed(std::string_view name) const {
  if (!changes || changes->header().rows == file.header().rows) return false;
  if (name == "twins") return changes->has_section(name);
  return std::find(std::begin(kRowSections), std::end(kRowSections), name) !=
         std::end(kRowSections);
}

// A section that searches read all over, copied where kLoaded asks for it.
std::string_view Index::Impl::hot_section(std::string_view name,
                                          std::uint64_t size_bytes,
                                          IndexAccess access) {
  const bool changed = is_changed(name);
  const std::string_view mapped = changed ? changed_section(name, size_bytes)
                                          : file.section(name, size_bytes);
  if (access == IndexAccess::kMapped) return mapped;
  loaded.emplace_back(mapped);
  // Or it would be in memory twice.
  if (!changed)
    file.release(mapped);
  else if (name == "twins")
    changes->release(mapped);
  else
    joined.pop_back();
  return loaded.back().bytes();
}

/// A section as the changes make it.
std::string_view Index::Impl::changed_section(std::string_view name,
                                              std::uint64_t size_bytes) {
  const std::string_view rest = changes->section(name);
  if (name == "twins") return rest;
  const std::string_view base = file.section(name);
  const std::string_view head =
      base.substr(0, base.size() / kChangesAlignment * kChangesAlignment);
  const std::size_t whole_bytes = head.size() + rest.size();
  if (whole_bytes < base.size() ||
      (size_bytes != 0 && whole_bytes != size_bytes))
    changes->fail_damaged(fmt::format("section {}", name));
  const bool lists = name == "links" || name == "upper";
  JoinedMapping& whole =
      joined.emplace_back(file.mapped(), head, changes->mapped(), rest, lists);
  if (name == "links")
    replace_lists("link_changes", base.size(), link_stride(header().M) * 4,
                  whole);
  if (name == "upper")
    replace_lists("upper_changes", base.size(), upper_stride(header().M) * 4,
                  whole);
  return whole.bytes();
}

// The pages that lists are put into become this process's own.
void Index::Impl::replace_lists(std::string_view changes_name,
                                std::size_t base_bytes, std::size_t list_bytes,
                                JoinedMapping& lists) const {
  const std::string_view list = changes->section(changes_name);
  const std::size_t each = sizeof(std::uint32_t) + list_bytes;
  const std::size_t places = base_bytes / list_bytes;
  if (list.size() % each != 0)
    changes->fail_damaged(fmt::format("section {}", changes_name));
  const ScatteredAccess access(lists.bytes().data(), lists.bytes().size());
  for (std::size_t at = 0; at < list.size(); at += each) {
    const std::uint32_t place = *as<std::uint32_t>(list.substr(at));
    if (place >= places)
      changes->fail_damaged(fmt::format("section {}", changes_name));
    fetch_mapped(lists.bytes().data() + place * list_bytes, list_bytes);
  }
  for (std::size_t at = 0; at < list.size(); at += each) {
    const std::uint32_t place = *as<std::uint32_t>(list.substr(at));
    std::memcpy(lists.writable_data() + place * list_bytes,
                list.data() + at + sizeof place, list_bytes);
  }
}

void Index::Impl::read_codes(IndexAccess access) {
  const IndexHeader& header = this->header();
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
  const IndexHeader& header = this->header();
  const std::uint64_t rows = header.rows;
  const std::size_t record_bytes = upper_stride(header.M) * 4;
  view.rows = rows;
  view.width = header.reduced_width;
  view.projects = reduction.projects;
  view.M = header.M;
  view.reduced =
      as<std::int8_t>(hot_section("reduced", rows * view.width, access));
  view.links = as<std::uint32_t>(
      hot_section("links", rows * link_stride(header.M) * 4, access));
  const std::string_view twins = hot_section("twins", 0, access);
  if (twins.size() % sizeof(DuplicateRow) != 0)
    file.fail_damaged("section twins");
  view.duplicates = as<DuplicateRow>(twins);
  view.duplicate_count = twins.size() / sizeof(DuplicateRow);
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
  const std::uint64_t rows = file.header().rows;
  if (!deleted.empty() && deleted.size() != (rows + 7) / 8)
    file.fail_damaged("section deleted");
  const unsigned used = rows % 8;
  if (!deleted.empty() && used > 0 &&
      static_cast<unsigned char>(deleted.back()) >> used != 0)
    file.fail_damaged("section deleted");
  if (changes) mark_changed_deletions();
  for (const char byte : deleted)
    deleted_count += std::bitset<8>(static_cast<unsigned char>(byte)).count();
}

void Index::Impl::mark_changed_deletions() {
  const std::string_view list = changes->section("deleted");
  if (list.size() % sizeof(std::uint32_t) != 0)
    changes->fail_damaged("section deleted");
  if (deleted.empty() && list.empty()) return;
  changed_bits = deleted;
  changed_bits.resize((info.rows + 7) / 8);
  for (std::size_t i = 0; i < list.size(); i += sizeof(std::uint32_t)) {
    const std::uint32_t row = *as<std::uint32_t>(list.substr(i));
    if (row >= info.rows) changes->fail_damaged("section deleted");
    char& byte = changed_bits[row / 8];
    byte = static_cast<char>(byte | (1 << row % 8));
  }
  deleted = changed_bits;
}

void Index::Impl::read_names() {
  const std::uint64_t rows = file.header().rows;
  names = file.section("names");
  name_ends = as<std::uint64_t>(file.section("name_ends", rows * 8));
  first_changed_name = info.rows;
  if (!changes) return;
  const auto* base = as<ChangesBase>(changes->section("base"));
  if (base->first_name > rows) changes->fail_damaged("section base");
  first_changed_name = base->first_name;
  changed_names = changes->section("names");
  changed_name_ends = as<std::uint64_t>(
      changes->section("name_ends", (info.rows - first_changed_name) * 8));
}

std::string_view Index::Impl::name(std::uint32_t row) const {
  const bool is_changed = row >= first_changed_name;
  const std::size_t at = is_changed ? row - first_changed_name : row;
  const std::uint64_t* ends = is_changed ? changed_name_ends : name_ends;
  const std::string_view all = is_changed ? changed_names : names;
  const std::uint64_t begin = at == 0 ? 0 : ends[at - 1];
  const std::uint64_t end = ends[at];
  if (begin > end || end > all.size())
    (is_changed ? *changes : file)
        .fail_damaged(fmt::format("name of row {}", row));
  return all.substr(begin, end - begin);
}

/// Relative paths start at the folder of the index itself, not at that of a
/// link which leads to it.
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

// What is loaded has taken its memory already.
void Index::Impl::plan_reading(IndexAccess access) {
  const std::uint64_t available = available_memory_bytes();
  std::uint64_t bytes = 0;
  if (access == IndexAccess::kMapped) {
    bytes = file.mapped().size() + (changes ? changes->mapped().size() : 0);
    if (bytes > available) {
      index_pages.add(file.mapped().data(), file.mapped().size());
      if (changes)
        index_pages.add(changes->mapped().data(), changes->mapped().size());
      for (const JoinedMapping& each : joined)
        index_pages.add(each.bytes().data(), each.bytes().size());
    }
  }
  if (!vectors) return;
  for (const VectorFile& each : vectors->files()) bytes += each.size_bytes();
  if (bytes <= available) return;
  for (const VectorFile& each : vectors->files())
    vector_pages.add(each.file().data(), each.file().size());
}

void Index::Impl::expect_walks() const {
  index_pages.expect_scattered();
  vector_pages.expect_scattered();
}

void Index::Impl::expect_scans() const {
  index_pages.expect_in_order();
  vector_pages.expect_scattered();
}

void Index::Impl::expect_checks() const {
  index_pages.expect_in_order();
  vector_pages.expect_in_order();
}

/// Files that were last modified when the index recorded have the rows that
/// were indexed: then, and only if it is so for all of them, no check is
/// needed.
void Index::Impl::read_good_states() {
  for (std::size_t f = 0; f < info.sources.size(); ++f) {
    const FileState& state = vectors->files()[f].file().state();
    if (state.modified_ns != 0 &&
        state.modified_ns == info.sources[f].modified_ns)
      good_states.push_back(state);
  }
  if (good_states.size() < info.sources.size()) good_states.clear();
}

}  // namespace imsearch
