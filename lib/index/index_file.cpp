// The container of an index: a header, a table of named sections with
// checksums, and the sections at page boundaries. What the sections mean is not
// known here.
#include "index/index_file.h"

#include "base/error.h"
#include "index/foreign_index.h"
#include "io/checksum.h"

#include <algorithm>
#include <cstddef>
#include <cstring>

namespace imsearch {
namespace {

constexpr std::uint64_t kAlignment = 4096;
constexpr std::uint32_t kMaxSections = 64;

std::uint64_t aligned(std::uint64_t offset) {
  return (offset + kAlignment - 1) / kAlignment * kAlignment;
}

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

SectionEntry measured(const SectionSource& source, std::uint64_t offset) {
  SectionEntry entry;
  source.name.copy(entry.name, sizeof entry.name);
  entry.offset = offset;
  Checksum checksum;
  source.produce([&](const void* data, std::size_t size_bytes) {
    checksum.add(data, size_bytes);
    entry.size_bytes += size_bytes;
  });
  entry.checksum = checksum.value();
  return entry;
}

void pad_to(OutputFile& out, std::uint64_t offset) {
  out.write(std::string(offset - out.size(), '\0'));
}

}  // namespace

std::uint64_t index_file_bytes(
    const std::vector<std::uint64_t>& section_bytes) {
  std::uint64_t end =
      sizeof(IndexHeader) + section_bytes.size() * sizeof(SectionEntry);
  for (const std::uint64_t bytes : section_bytes) end = aligned(end) + bytes;
  return end;
}

void write_index_file(OutputFile& out, IndexHeader header,
                      const std::vector<SectionSource>& sections) {
  std::vector<SectionEntry> table;
  std::uint64_t end =
      sizeof(IndexHeader) + sections.size() * sizeof(SectionEntry);
  for (const SectionSource& source : sections) {
    table.push_back(measured(source, aligned(end)));
    end = table.back().offset + table.back().size_bytes;
  }
  header.file_bytes = end;
  header.section_count = static_cast<std::uint32_t>(table.size());
  header.checksum = header_checksum(header, table);

  out.write(&header, sizeof header);
  out.write(table.data(), table.size() * sizeof(SectionEntry));
  for (std::size_t i = 0; i < sections.size(); ++i) {
    pad_to(out, table[i].offset);
    sections[i].produce([&](const void* data, std::size_t size_bytes) {
      out.write(data, size_bytes);
    });
  }
}

IndexFile::IndexFile(const std::string& path) : file_(path) {
  read_header();
  read_table();
}

void IndexFile::read_header() {
  const std::string_view all(reinterpret_cast<const char*>(file_.data()),
                             file_.size());
  const std::string_view magic(header_.magic, sizeof header_.magic);
  if (all.empty() || all.substr(0, magic.size()) != magic.substr(0, all.size()))
    fail("{}: {}", path(), describe_foreign(all));
  if (all.size() < sizeof header_)
    fail("{}: truncated: {} of at least {} bytes", path(), all.size(),
         sizeof header_);
  std::memcpy(&header_, all.data(), sizeof header_);
  if (header_.byte_order != IndexHeader().byte_order)
    fail("{}: written for a machine of the other byte order", path());
  if (header_.version != kIndexVersion)
    fail(
        "{}: index version {}, this imsearch reads version {}; rebuild it "
        "with build-index",
        path(), header_.version, kIndexVersion);
}

void IndexFile::read_table() {
  const std::uint64_t size = file_.size();
  const std::uint64_t table_bytes =
      std::uint64_t{header_.section_count} * sizeof(SectionEntry);
  if (header_.section_count > kMaxSections) fail_damaged("header");
  if (size < sizeof header_ + table_bytes)
    fail("{}: truncated: {} of {} bytes", path(), size, header_.file_bytes);
  table_.resize(header_.section_count);
  if (!table_.empty())
    std::memcpy(table_.data(), file_.data() + sizeof header_, table_bytes);
  if (header_.checksum != header_checksum(header_, table_))
    fail_damaged("header");
  if (size < header_.file_bytes)
    fail("{}: truncated: {} of {} bytes", path(), size, header_.file_bytes);
  if (size > header_.file_bytes)
    fail("{}: {} bytes, {} more than its header says", path(), size,
         size - header_.file_bytes);
  std::uint64_t end = sizeof header_ + table_bytes;
  for (const SectionEntry& entry : table_) {
    if (entry.offset % kAlignment != 0 || entry.offset < end ||
        entry.offset > size || entry.size_bytes > size - entry.offset)
      fail_damaged("section table");
    end = entry.offset + entry.size_bytes;
  }
}

const SectionEntry& IndexFile::entry(std::string_view name) const {
  const auto found =
      std::find_if(table_.begin(), table_.end(),
                   [&](const SectionEntry& e) { return name_of(e) == name; });
  if (found == table_.end()) fail_damaged(fmt::format("no section {}", name));
  return *found;
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
  fail("{}: damaged: {}; rebuild it with build-index", path(), what);
}

}  // namespace imsearch
