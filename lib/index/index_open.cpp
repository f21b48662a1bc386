// Opening an index: the header and the table of sections are checked, then
// views into the mapped sections are made, after a comparison of their sizes.
// No section is read but `meta` and `deleted`, so that opening takes
// milliseconds whatever the size of the index. What the other sections say is
// checked where it is used, or by verify.cpp.
//
// Vectors that are gone or changed do not make opening fail: codes alone answer
// almost as well, and the reason is kept for those who need the vectors.
#include "base/error.h"
#include "index/index_impl.h"
#include "index/index_meta.h"
#include "io/file.h"

#include <sys/mman.h>

#include <bitset>
#include <cerrno>
#include <cmath>
#include <cstring>

namespace imsearch {
namespace {

constexpr std::uint64_t kMaxRows = std::uint64_t{1} << 31;
constexpr std::uint32_t kMaxM = 10000;   // as hnswlib allows
constexpr std::uint32_t kMaxLevel = 64;  // of 53 random bits (hnsw_graph.cpp)

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

// A section that searches read all over, copied where kLoaded asks for it.
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
