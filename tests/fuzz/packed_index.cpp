#include "fuzz/packed_index.h"

#include "index/index_file.h"
#include "io/checksum.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace imsearch::test {
namespace {

constexpr std::size_t kAlignment = 4096;
constexpr std::size_t kMaxSections = 64;
constexpr std::size_t kMaxSectionBytes = 100'000;
constexpr std::size_t kNameBytes = sizeof SectionEntry::name;

/// Takes values from the front; what is missing is zero.
class Bytes {
 public:
  explicit Bytes(std::string_view left) : left_(left) {}

  template <typename T>
  T take() {
    T value = {};
    const std::string_view bytes = take(sizeof value);
    if (!bytes.empty()) std::memcpy(&value, bytes.data(), bytes.size());
    return value;
  }
  std::string_view take(std::size_t count) {
    const std::string_view bytes = left_.substr(0, count);
    left_.remove_prefix(bytes.size());
    return bytes;
  }

 private:
  std::string_view left_;
};

std::size_t aligned(std::size_t offset) {
  return (offset + kAlignment - 1) / kAlignment * kAlignment;
}

template <typename T>
void append(std::string& bytes, const T& value) {
  bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
}

std::uint64_t header_sum(const IndexHeader& header,
                         const std::vector<SectionEntry>& table) {
  Checksum checksum;
  checksum.add(&header, offsetof(IndexHeader, checksum));
  checksum.add(table.data(), table.size() * sizeof(SectionEntry));
  return checksum.value();
}

/// Names, sizes, and offsets one behind the other but for their errors.
std::vector<SectionEntry> take_table(Bytes& packed) {
  std::vector<SectionEntry> table(
      std::min<std::size_t>(packed.take<std::uint8_t>(), kMaxSections));
  std::size_t end = sizeof(IndexHeader) + table.size() * sizeof(SectionEntry);
  for (SectionEntry& entry : table) {
    const std::string_view name = packed.take(kNameBytes);
    name.copy(entry.name, kNameBytes);
    entry.size_bytes = packed.take<std::uint32_t>() % kMaxSectionBytes;
    entry.offset = aligned(end);
    end = entry.offset + entry.size_bytes;
    entry.offset += packed.take<std::uint32_t>();
  }
  return table;
}

/// Header and table with what the readers check before they look further.
void seal(std::string& file, IndexHeader header,
          const std::vector<SectionEntry>& table, unsigned flags,
          const char* magic) {
  const IndexHeader good;
  std::memcpy(header.magic, magic, sizeof header.magic);
  header.byte_order = good.byte_order;
  header.version = good.version;
  header.section_count = static_cast<std::uint32_t>(table.size());
  if ((flags & kWrongFileBytes) == 0) header.file_bytes = file.size();
  header.checksum =
      (flags & kWrongHeaderSum) != 0 ? 0 : header_sum(header, table);
  std::memcpy(file.data(), &header, sizeof header);
  if (!table.empty())
    std::memcpy(file.data() + sizeof header, table.data(),
                table.size() * sizeof(SectionEntry));
}

/// Says which index file the changes are of, as far as the section goes.
void name_base(std::string_view name, std::string& section,
               const IndexHeader& base) {
  const ChangesBase right = {base.checksum, base.rows, 0, 0};
  if (name == std::string_view("base\0", 5))
    std::memcpy(section.data(), &right,
                std::min(section.size(), offsetof(ChangesBase, first_name)));
}

/// `base`: of changes, or null.
std::string unpack(std::string_view packed, const IndexHeader* base) {
  Bytes bytes(packed);
  const unsigned flags = bytes.take<std::uint8_t>();
  const auto header = bytes.take<IndexHeader>();
  std::vector<SectionEntry> table = take_table(bytes);
  std::string file(sizeof header + table.size() * sizeof(SectionEntry), '\0');
  for (SectionEntry& entry : table) {
    file.resize(aligned(file.size()));
    std::string section(bytes.take(entry.size_bytes));
    section.resize(entry.size_bytes);
    if (base != nullptr && (flags & kOtherBase) == 0)
      name_base({entry.name, 5}, section, *base);
    if ((flags & kWrongSectionSums) == 0)
      entry.checksum = checksum_of(section.data(), section.size());
    file += section;
  }
  seal(file, header, table, flags,
       base != nullptr ? kChangesMagic : IndexHeader().magic);
  return file;
}

}  // namespace

std::string unpack_index(std::string_view packed) {
  return unpack(packed, nullptr);
}

std::string unpack_changes(std::string_view packed, const IndexHeader& base) {
  return unpack(packed, &base);
}

std::string pack_index(std::string_view file) {
  Bytes bytes(file);
  const auto header = bytes.take<IndexHeader>();
  std::string packed(1, '\0');
  append(packed, header);
  packed += static_cast<char>(header.section_count);
  std::string sections;
  for (std::uint32_t i = 0; i < header.section_count; ++i) {
    const auto entry = bytes.take<SectionEntry>();
    packed.append(entry.name, kNameBytes);
    append(packed, static_cast<std::uint32_t>(entry.size_bytes));
    append(packed, std::uint32_t{0});
    sections += file.substr(entry.offset, entry.size_bytes);
  }
  return packed + sections;
}

}  // namespace imsearch::test
