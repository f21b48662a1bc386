// The container of an index: a header, a table of named sections with
// checksums, and the sections at page boundaries. What the sections mean is not
// known here.
//
// Sections start at pages, so that they can be mapped, are aligned for any
// type, and one can be released without its neighbours. The header and the
// table are checked on opening, the sections only by check_all_sums(): reading
// gigabytes would take seconds, and a search reads a fraction of them.
#include "index/index_file.h"

#include "base/command.h"
#include "base/error.h"
#include "io/checksum.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>

namespace imsearch {
namespace {

std::string how_to_get_one() {
  return "build one from the vectors with " + command("build-index");
}

/// The head that hnswlib's saveIndex writes, field by field (there is no
/// padding in these 96 bytes).
struct HnswlibHead {
  std::uint64_t offset_level0;
  std::uint64_t max_elements;
  std::uint64_t element_count;
  std::uint64_t element_bytes;
  std::uint64_t label_offset;
  std::uint64_t data_offset;
  std::int32_t max_level;
  std::uint32_t entry;
  std::uint64_t max_M;
  std::uint64_t max_M0;
  std::uint64_t M;
  double mult;
  std::uint64_t ef_construction;
};
static_assert(sizeof(HnswlibHead) == 96);

/// The head of an hnswlib file. It has no magic number, but its numbers must
/// fit each other, which those of another file hardly do.
std::optional<HnswlibHead> hnswlib_head(std::string_view file) {
  HnswlibHead head = {};
  if (file.size() < sizeof head) return std::nullopt;
  std::memcpy(&head, file.data(), sizeof head);
  const bool fits = head.offset_level0 == 0 &&
                    head.element_count <= head.max_elements &&
                    head.max_M0 == 2 * head.max_M &&
                    head.data_offset == 4 * head.max_M0 + 4 &&
                    head.label_offset > head.data_offset &&
                    head.element_bytes == head.label_offset + 8;
  return fits ? std::optional<HnswlibHead>(head) : std::nullopt;
}

/// Faiss starts with four characters for the kind of index: IHNf, IxFI, IwPQ.
bool is_faiss(std::string_view file) {
  if (file.size() < 4 || file[0] != 'I') return false;
  constexpr std::string_view kSecond = "xwvHNSB2";
  return kSecond.find(file[1]) != std::string_view::npos &&
         std::all_of(file.begin() + 2, file.begin() + 4, [](char c) {
           return std::isalnum(static_cast<unsigned char>(c)) != 0;
         });
}

/// What a file is that was given as an index but is not one, for an error: "an
/// hnswlib index of 60 rows, ...". `file` is the whole file.
std::string describe_foreign(std::string_view file) {
  if (file.empty())
    return fmt::format("empty, not an index; {}", how_to_get_one());
  if (const auto head = hnswlib_head(file))
    return fmt::format("an hnswlib index of {} rows, not one of imsearch; {}",
                       head->element_count, how_to_get_one());
  if (is_faiss(file))
    return fmt::format("a Faiss index ({}), not one of imsearch; {}",
                       file.substr(0, 4), how_to_get_one());
  return fmt::format("not an imsearch index; {}", how_to_get_one());
}

constexpr std::uint64_t kAlignment = 4096;  // a page
/// Bounds what a damaged header can make us read. There are 15 at most today.
constexpr std::uint32_t kMaxSections = 64;

std::uint64_t aligned(std::uint64_t offset) {
  return (offset + kAlignment - 1) / kAlignment * kAlignment;
}

// The field `checksum` is the last of the header, so that what precedes it and
// the table are all there is to guard.
std::uint64_t header_checksum(const IndexHeader& header,
                              const std::vector<SectionEntry>& table) {
  Checksum checksum;
  checksum.add(&header, offsetof(IndexHeader, checksum));
  checksum.add(table.data(), table.size() * sizeof(SectionEntry));
  return checksum.value();
}

std::string_view name_of(const SectionEntry& entry) {
  return {entry.name, ::strnlen(entry.name, sizeof entry.name)};
}

std::uint64_t head_bytes(std::size_t section_count) {
  return sizeof(IndexHeader) + section_count * sizeof(SectionEntry);
}

/// Produces each section once, at its place behind a head of head_bytes(), and
/// gives the table of them. Writes them to the pipe `out`, unless that is null.
std::vector<SectionEntry> produce_all(
    const std::vector<SectionSource>& sections, OutputFile* out) {
  std::vector<SectionEntry> table;
  std::uint64_t end = head_bytes(sections.size());
  for (const SectionSource& source : sections) {
    SectionEntry entry;
    source.name.copy(entry.name, sizeof entry.name);
    entry.offset = aligned(end);
    if (out != nullptr) out->write(std::string(entry.offset - end, '\0'));
    Checksum checksum;
    source.produce([&](const void* data, std::size_t size_bytes) {
      checksum.add(data, size_bytes);
      entry.size_bytes += size_bytes;
      if (out != nullptr) out->write(data, size_bytes);
    });
    entry.checksum = checksum.value();
    end = entry.offset + entry.size_bytes;
    table.push_back(entry);
  }
  return table;
}

/// The bytes of the header, filled in, and of the table behind it.
std::string head_of(IndexHeader header,
                    const std::vector<SectionEntry>& table) {
  header.file_bytes = table.empty()
                          ? sizeof header
                          : table.back().offset + table.back().size_bytes;
  header.section_count = static_cast<std::uint32_t>(table.size());
  header.checksum = header_checksum(header, table);
  std::string head(reinterpret_cast<const char*>(&header), sizeof header);
  head.append(reinterpret_cast<const char*>(table.data()),
              table.size() * sizeof(SectionEntry));
  return head;
}

}  // namespace

std::uint64_t index_file_bytes(
    const std::vector<std::uint64_t>& section_bytes) {
  std::uint64_t end = head_bytes(section_bytes.size());
  for (const std::uint64_t bytes : section_bytes) end = aligned(end) + bytes;
  return end;
}

struct IndexWriter::Section {
  SectionEntry entry;
  Checksum checksum;
  std::uint64_t filled = 0;
};

IndexWriter::~IndexWriter() = default;

// The head is known last: its place is kept free by zeros, which no reader
// takes for an index.
IndexWriter::IndexWriter(OutputFile& out, std::size_t section_count)
    : out_(&out) {
  out.write(std::string(head_bytes(section_count), '\0'));
}

IndexWriter::Section& IndexWriter::start(const std::string& name) {
  Section& section = *sections_.emplace_back(std::make_unique<Section>());
  name.copy(section.entry.name, sizeof section.entry.name);
  section.entry.offset = aligned(out_->size());
  out_->write(std::string(section.entry.offset - out_->size(), '\0'));
  return section;
}

void IndexWriter::add(const SectionSource& source) {
  Section& section = start(source.name);
  source.produce([&](const void* data, std::size_t size_bytes) {
    section.checksum.add(data, size_bytes);
    out_->write(data, size_bytes);
  });
  section.entry.size_bytes = out_->size() - section.entry.offset;
  section.filled = section.entry.size_bytes;
}

std::size_t IndexWriter::reserve(const std::string& name,
                                 std::uint64_t size_bytes) {
  start(name).entry.size_bytes = size_bytes;
  out_->skip(size_bytes);
  return sections_.size() - 1;
}

void IndexWriter::fill(std::size_t section, const void* data,
                       std::size_t size_bytes) {
  Section& filled = *sections_.at(section);
  if (size_bytes > filled.entry.size_bytes - filled.filled)
    fail("{}: {} bytes too many for section {}", out_->path(), size_bytes,
         name_of(filled.entry));
  filled.checksum.add(data, size_bytes);
  out_->write_at(filled.entry.offset + filled.filled, data, size_bytes);
  filled.filled += size_bytes;
}

std::uint64_t IndexWriter::offset(std::size_t section) const {
  return sections_.at(section)->entry.offset;
}

void IndexWriter::finish(IndexHeader header) {
  std::vector<SectionEntry> table;
  for (const auto& section : sections_) {
    section->entry.checksum = section->checksum.value();
    table.push_back(section->entry);
  }
  const std::string head = head_of(header, table);
  out_->write_at(0, head.data(), head.size());
}

void write_index_file(OutputFile& out, IndexHeader header,
                      const std::vector<SectionSource>& sections) {
  if (out.is_regular()) {
    IndexWriter writer(out, sections.size());
    for (const SectionSource& section : sections) writer.add(section);
    writer.finish(header);
  } else {
    // A pipe takes bytes only in order: the head needs a pass of its own.
    out.write(head_of(header, produce_all(sections, nullptr)));
    produce_all(sections, &out);
  }
}

IndexFile::IndexFile(const std::string& path, IndexFileKind kind)
    : file_(path, true), kind_(kind) {
  read_header();
  read_table();
}

/// Behind what is wrong with the file.
std::string IndexFile::remedy() const {
  if (kind_ == IndexFileKind::kIndex)
    return "rebuild it with " + command("build-index");
  return fmt::format(
      "remove it to go on with the index as it was before these changes: "
      "images that --delete took out are found again, and {} adds rows again",
      command("build-index --append"));
}

void IndexFile::read_header() {
  const std::string_view all(reinterpret_cast<const char*>(file_.data()),
                             file_.size());
  const bool is_index = kind_ == IndexFileKind::kIndex;
  const std::string_view magic(is_index ? header_.magic : kChangesMagic,
                               sizeof header_.magic);
  const bool foreign =
      all.empty() || all.substr(0, magic.size()) != magic.substr(0, all.size());
  if (foreign && !is_index)
    fail("{}: {}; {}", path(),
         all.empty() ? "empty, not changes of an index"
                     : "not changes of an index",
         remedy());
  if (foreign) fail("{}: {}", path(), describe_foreign(all));
  if (all.size() < sizeof header_)
    fail("{}: truncated: {} of at least {} bytes; {}", path(), all.size(),
         sizeof header_, remedy());
  std::memcpy(&header_, all.data(), sizeof header_);
  if (header_.byte_order != IndexHeader().byte_order)
    fail("{}: written for a machine of the other byte order", path());
  if (header_.version != kIndexVersion)
    fail("{}: index version {}, this imsearch reads version {}; {}", path(),
         header_.version, kIndexVersion, remedy());
}

void IndexFile::read_table() {
  const std::uint64_t size = file_.size();
  const std::uint64_t table_bytes =
      std::uint64_t{header_.section_count} * sizeof(SectionEntry);
  if (header_.section_count > kMaxSections) fail_damaged("header");
  const auto fail_truncated = [&] {
    fail("{}: truncated: {} of {} bytes; {}", path(), size, header_.file_bytes,
         remedy());
  };
  if (size < sizeof header_ + table_bytes) fail_truncated();
  table_.resize(header_.section_count);
  if (!table_.empty())
    std::memcpy(table_.data(), file_.data() + sizeof header_, table_bytes);
  if (header_.checksum != header_checksum(header_, table_))
    fail_damaged("header");
  if (size < header_.file_bytes) fail_truncated();
  if (size > header_.file_bytes)
    fail("{}: {} bytes, {} more than its header says; {}", path(), size,
         size - header_.file_bytes, remedy());
  // Sections must follow each other without overlap. The comparison of sizes is
  // written so that a sum that wraps around cannot pass it.
  std::uint64_t end = sizeof header_ + table_bytes;
  for (const SectionEntry& entry : table_) {
    if (entry.offset % kAlignment != 0 || entry.offset < end ||
        entry.offset > size || entry.size_bytes > size - entry.offset)
      fail_damaged("section table");
    end = entry.offset + entry.size_bytes;
  }
}

const SectionEntry* IndexFile::find_entry(std::string_view name) const {
  const auto found =
      std::find_if(table_.begin(), table_.end(),
                   [&](const SectionEntry& e) { return name_of(e) == name; });
  return found == table_.end() ? nullptr : &*found;
}

const SectionEntry& IndexFile::entry(std::string_view name) const {
  const SectionEntry* found = find_entry(name);
  if (found == nullptr) fail_damaged(fmt::format("no section {}", name));
  return *found;
}

bool IndexFile::has_section(std::string_view name) const {
  return find_entry(name) != nullptr;
}

std::vector<std::string> IndexFile::section_names() const {
  std::vector<std::string> names;
  for (const SectionEntry& section : table_)
    names.emplace_back(name_of(section));
  return names;
}

std::string_view IndexFile::bytes(const SectionEntry& entry) const {
  return {reinterpret_cast<const char*>(file_.data()) + entry.offset,
          entry.size_bytes};
}

std::string_view IndexFile::section(std::string_view name,
                                    std::uint64_t size_bytes) const {
  const std::string_view found = bytes(entry(name));
  if (size_bytes != 0 && found.size() != size_bytes)
    fail_damaged(fmt::format("section {} has {} bytes instead of {}", name,
                             found.size(), size_bytes));
  return found;
}

void IndexFile::check_sum(std::string_view name) const {
  const SectionEntry& found = entry(name);
  const std::string_view data = bytes(found);
  if (checksum_of(data.data(), data.size()) != found.checksum)
    fail_damaged(fmt::format("section {}: wrong checksum", name));
}

void IndexFile::check_all_sums() const {
  file_.expect_sequential_access();
  std::uint64_t end = sizeof header_ + table_.size() * sizeof(SectionEntry);
  const std::byte* data = file_.data();
  const auto is_zero = [](std::byte b) { return b == std::byte{0}; };
  for (const SectionEntry& section : table_) {
    if (!std::all_of(data + end, data + section.offset, is_zero))
      fail_damaged(fmt::format("padding before section {} is not zero",
                               name_of(section)));
    check_sum(name_of(section));
    end = section.offset + section.size_bytes;
  }
}

void IndexFile::fail_damaged(const std::string& what) const {
  fail("{}: damaged: {}; {}", path(), what, remedy());
}

}  // namespace imsearch
