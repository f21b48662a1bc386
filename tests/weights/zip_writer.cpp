// After APPNOTE.TXT, the specification of zip.
#include "weights/zip_writer.h"

#include "weights/pickle_writer.h"

namespace imsearch::test {
namespace {

std::uint32_t crc32(const std::string& bytes) {
  std::uint32_t crc = ~0U;
  for (const char byte : bytes) {
    crc ^= static_cast<unsigned char>(byte);
    for (int bit = 0; bit < 8; ++bit)
      crc = (crc & 1U) != 0 ? crc >> 1U ^ 0xedb88320U : crc >> 1U;
  }
  return ~crc;
}

/// RFC 1951, 3.2.4: blocks without compression.
std::string deflated(const std::string& content) {
  constexpr std::size_t kBlock = 65535;
  std::string all;
  for (std::size_t at = 0; at < content.size(); at += kBlock) {
    const std::string block = content.substr(at, kBlock);
    all += static_cast<char>(at + kBlock >= content.size());
    all += little(block.size(), 2) + little(~block.size(), 2) + block;
  }
  return all;
}

struct Written {
  std::string bytes;      // entries
  std::string directory;  // and what the directory says of them
};

/// Version needed to extract … extra field length, which both headers have.
std::string common_fields(const ZipEntry& entry, std::size_t stored_bytes,
                          std::size_t extra_bytes) {
  const std::uint64_t size = entry.claimed_size.value_or(
      static_cast<std::uint32_t>(entry.content.size()));
  return little(20, 2) + little(0, 2) + little(entry.deflated ? 8 : 0, 2) +
         little(0, 4) +
         little(entry.checksum.value_or(crc32(entry.content)), 4) +
         little(stored_bytes, 4) + little(size, 4) +
         little(entry.name.size(), 2) + little(extra_bytes, 2);
}

void write(const ZipEntry& entry, Written& zip) {
  constexpr std::size_t kLocalHeader = 30;
  constexpr std::size_t kAlignment = 64;
  const std::string stored =
      entry.deflated ? deflated(entry.content) : entry.content;
  const std::size_t at = zip.bytes.size();
  std::size_t extra = 4;
  while ((at + kLocalHeader + entry.name.size() + extra) % kAlignment != 0)
    ++extra;
  zip.bytes += "PK\x03\x04" + common_fields(entry, stored.size(), extra) +
               entry.name + "FB" + little(extra - 4, 2) +
               std::string(extra - 4, 'Z') + stored;
  zip.directory += "PK\x01\x02" + little(20, 2) +
                   common_fields(entry, stored.size(), 0) + little(0, 2) +
                   little(0, 2) + little(0, 2) + little(0, 4) + little(at, 4) +
                   entry.name;
}

Written written(const std::vector<ZipEntry>& entries) {
  Written zip;
  for (const ZipEntry& entry : entries) write(entry, zip);
  return zip;
}

std::string end_record(std::uint64_t count, std::uint64_t size,
                       std::uint64_t at) {
  return "PK\x05\x06" + little(0, 4) + little(count, 2) + little(count, 2) +
         little(size, 4) + little(at, 4) + little(0, 2);
}

}  // namespace

std::string zip_of(const std::vector<ZipEntry>& entries) {
  const Written zip = written(entries);
  return zip.bytes + zip.directory +
         end_record(entries.size(), zip.directory.size(), zip.bytes.size());
}

std::string zip64_of(const std::vector<ZipEntry>& entries,
                     std::uint64_t count) {
  constexpr std::size_t kRecordAfterSize = 44;
  const Written zip = written(entries);
  const std::string record =
      "PK\x06\x06" + little(kRecordAfterSize, 8) + little(45, 2) +
      little(45, 2) + little(0, 8) + little(count, 8) + little(count, 8) +
      little(zip.directory.size(), 8) + little(zip.bytes.size(), 8);
  const std::string locator =
      "PK\x06\x07" + little(0, 4) +
      little(zip.bytes.size() + zip.directory.size(), 8) + little(1, 4);
  return zip.bytes + zip.directory + record + locator +
         end_record(0xffff, 0xffffffff, 0xffffffff);
}

}  // namespace imsearch::test
