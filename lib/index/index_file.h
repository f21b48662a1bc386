// The container of an index: a header, a table of sections, the sections.
//
// All numbers little-endian. The header (80 bytes) and the table (40 bytes a
// section) are guarded by one checksum, each section by its own; sections start
// at multiples of 4096, and what lies between is zero. Readers pass over
// sections whose names they don't know. The sections of version 3 (S is
// code_stride(dim), W the header's reduced_width, R rows, L is link_stride(M),
// U is upper_stride(M)):
//
//   components  W x S int8, or none  reduction.h
//   factors     W float32          reduction.h
//   offsets     W float32          reduction.h
//   reduced     R x W int8         reduction.h
//   codes       R x S int8         sq8.h
//   scales      R float32          sq8.h
//   errors      R x 2 float32      reduction.h: CodeErrors
//   links       R x L uint32       level 0: count, then rows, then zeros
//   twins       n x 2 uint32       duplicate rows: a row of the graph, and one
//                                  with the same code that is not in it; sorted
//   upper       n x U uint32       higher levels, one record for each row and
//                                  level: row, level, below, count, links;
//                                  `below` is the record of the same row one
//                                  level down (at level 1: the row), links
//                                  are records of the same level
//   deleted     bits, or none      row r: bit r % 8 of byte r / 8, and zeros
//   names       bytes              one after the other
//   name_ends   R uint64           where each name ends
//   meta        JSON               index_meta.h
//
// Specification for users: man/imsearch-formats.5.
#pragma once

#include "io/mapped_file.h"
#include "io/output_file.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace imsearch {

inline constexpr std::uint32_t kIndexVersion = 3;

/// The first bytes of a file that changes an index (index_changes.h).
inline constexpr char kChangesMagic[8] = {'I', 'M', 'S', 'C',
                                          'H', 'N', 'G', 'S'};

struct IndexHeader {
  char magic[8] = {'I', 'M', 'S', 'E', 'A', 'R', 'C', 'H'};
  std::uint32_t byte_order = 0x01020304;
  std::uint32_t version = kIndexVersion;
  std::uint64_t file_bytes = 0;
  std::uint64_t rows = 0;
  std::uint32_t dim = 0;
  std::uint32_t M = 0;
  std::uint32_t ef_construction = 0;
  std::uint32_t max_level = 0;
  std::uint32_t entry = 0;  // a record of `upper`; a row if max_level is 0
  std::uint32_t section_count = 0;
  std::uint32_t reduced_width = 0;  // bytes of a short code
  float gain = 0;                   // reduction.h
  std::uint64_t seed = 0;
  std::uint64_t checksum = 0;  // XXH3 of what precedes it, then of the table
};
static_assert(sizeof(IndexHeader) == 80);

struct SectionEntry {
  char name[16] = {};  // padded with NUL
  std::uint64_t offset = 0;
  std::uint64_t size_bytes = 0;
  std::uint64_t checksum = 0;  // XXH3
};
static_assert(sizeof(SectionEntry) == 40);

/// uint32 from row to row of `links`: whole cache lines.
constexpr std::size_t link_stride(std::size_t M) {
  return (1 + 2 * M + 15) / 16 * 16;
}

/// uint32 from record to record of `upper`.
constexpr std::size_t upper_stride(std::size_t M) {
  return 4 + M;
}

/// One entry of the section `twins`: `row` has the same short code as
/// `in_graph`, so that only the latter is a row of the graph.
struct DuplicateRow {
  std::uint32_t in_graph = 0;
  std::uint32_t row = 0;
  friend bool operator<(const DuplicateRow& a, const DuplicateRow& b) {
    return a.in_graph != b.in_graph ? a.in_graph < b.in_graph : a.row < b.row;
  }
};
static_assert(sizeof(DuplicateRow) == 8);

/// Takes bytes, one piece after the other.
using Sink = std::function<void(const void* data, std::size_t size_bytes)>;

/// A section to be written. `produce` must give the same bytes whenever it is
/// called: once where the output is a regular file, twice for a pipe.
struct SectionSource {
  std::string name;
  std::function<void(const Sink& sink)> produce;
};

/// Writes an index to a regular file, one section after the other. The caller
/// commits the file: until then it has no name.
class IndexWriter {
 public:
  /// `out` must be empty and regular, and outlive this.
  IndexWriter(OutputFile& out, std::size_t section_count);
  ~IndexWriter();
  IndexWriter(const IndexWriter&) = delete;
  IndexWriter& operator=(const IndexWriter&) = delete;

  /// Writes the next section. Throws Error on a failed write, and what
  /// `produce` throws.
  void add(const SectionSource& section);

  /// Leaves room for the next section, which fill() writes: so several can grow
  /// side by side. Gives its number.
  std::size_t reserve(const std::string& name, std::uint64_t size_bytes);
  /// Writes the next bytes of a reserved section. Throws Error.
  void fill(std::size_t section, const void* data, std::size_t size_bytes);

  /// Where a section lies in the file.
  std::uint64_t offset(std::size_t section) const;

  /// Writes the head, whose `file_bytes`, `section_count` and `checksum` it
  /// fills in. Every section must be there and full.
  void finish(IndexHeader header);

 private:
  struct Section;
  Section& start(const std::string& name);

  OutputFile* out_;
  std::vector<std::unique_ptr<Section>> sections_;
};

/// Writes a whole index to the empty `out`, which need not be a regular file.
/// Fills in `file_bytes`, `section_count` and `checksum` of the header. The
/// caller commits `out`: until then the file has no name. Throws Error on a
/// failed write, and what `produce` throws.
void write_index_file(OutputFile& out, IndexHeader header,
                      const std::vector<SectionSource>& sections);

/// Bytes of a file with sections of these sizes.
std::uint64_t index_file_bytes(const std::vector<std::uint64_t>& section_bytes);

/// What a file in this container is.
enum class IndexFileKind { kIndex, kChanges };

/// An index file, or one of changes, mapped. Immutable.
class IndexFile {
 public:
  /// Checks header, table and size. Throws Error: missing, foreign, another
  /// version, truncated, malformed. Its descriptor stays open until
  /// close_descriptor().
  explicit IndexFile(const std::string& path,
                     IndexFileKind kind = IndexFileKind::kIndex);

  const std::string& path() const { return file_.path(); }
  const IndexHeader& header() const { return header_; }
  const MappedFile& mapped() const { return file_; }
  void close_descriptor() { file_.close_descriptor(); }

  /// The names of all sections, in the order of the file.
  std::vector<std::string> section_names() const;

  /// The bytes of a section, valid as long as this object. Throws Error if it
  /// is not there, or not `size_bytes` long (0: any size). Its content is not
  /// checked.
  std::string_view section(std::string_view name,
                           std::uint64_t size_bytes = 0) const;

  /// Whether there is such a section.
  bool has_section(std::string_view name) const;

  /// Lets go of the pages of a section that has been copied.
  void release(std::string_view section) const { file_.release(section); }

  /// Whether the file has not been written to since it was opened.
  bool unchanged() const { return file_.current_state() == file_.state(); }

  /// Compares the checksum of one section. Throws Error.
  void check_sum(std::string_view name) const;
  /// Compares all checksums, and that the bytes between sections are zero.
  void check_all_sums() const;

  /// Throws Error: the file is damaged at `what`.
  [[noreturn]] void fail_damaged(const std::string& what) const;

 private:
  void read_header();
  void read_table();
  const SectionEntry* find_entry(std::string_view name) const;
  const SectionEntry& entry(std::string_view name) const;
  std::string_view bytes(const SectionEntry& entry) const;

  std::string remedy() const;

  MappedFile file_;
  IndexFileKind kind_;
  IndexHeader header_;
  std::vector<SectionEntry> table_;  // by offset
};

}  // namespace imsearch
