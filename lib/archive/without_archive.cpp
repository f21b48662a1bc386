// In place of archive_file.cpp where libarchive was missing when this was
// built.
#include "archive/archive_file.h"

#include "base/error.h"

namespace imsearch {

struct ArchiveFile::State {};

ArchiveFile::ArchiveFile(const std::string& /*path*/) {
  fail(
      "archives are not supported by this build: install libarchive-dev and "
      "build again");
}

ArchiveFile::~ArchiveFile() = default;

std::optional<Member> ArchiveFile::next() {
  return std::nullopt;
}

std::string ArchiveFile::read(std::size_t /*max_bytes*/) {
  return "";
}

FileFacts ArchiveFile::facts() const {
  return {};
}

}  // namespace imsearch
