#include "index/resealed.h"

#include "io/checksum.h"

#include <cstring>

namespace imsearch::test {

IndexHeader header_of(const std::string& file) {
  IndexHeader header;
  std::memcpy(&header, file.data(), sizeof header);
  return header;
}

std::vector<SectionEntry> table_of(const std::string& file) {
  std::vector<SectionEntry> table(header_of(file).section_count);
  std::memcpy(table.data(), file.data() + sizeof(IndexHeader),
              table.size() * sizeof(SectionEntry));
  return table;
}

void reseal(std::string& file, IndexHeader header,
            const std::vector<SectionEntry>& table) {
  Checksum checksum;
  checksum.add(&header, offsetof(IndexHeader, checksum));
  checksum.add(table.data(), table.size() * sizeof(SectionEntry));
  header.checksum = checksum.value();
  std::memcpy(file.data(), &header, sizeof header);
  std::memcpy(file.data() + sizeof header, table.data(),
              table.size() * sizeof(SectionEntry));
}

std::string with_changed(
    const std::string& whole, const std::string& section,
    const std::function<void(char* data, std::size_t size_bytes)>& change) {
  std::string file = whole;
  std::vector<SectionEntry> table = table_of(whole);
  for (SectionEntry& entry : table) {
    if (section != entry.name) continue;
    change(file.data() + entry.offset, entry.size_bytes);
    entry.checksum = checksum_of(file.data() + entry.offset, entry.size_bytes);
  }
  reseal(file, header_of(whole), table);
  return file;
}

}  // namespace imsearch::test
