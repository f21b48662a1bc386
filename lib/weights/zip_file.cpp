// A zip archive in memory, by libzip, as torch.save writes it. Its directory
// may say anything: an entry that would grow far beyond the archive is refused
// before it takes memory, and one whose content has another size or checksum
// than stated is an error.
#include "weights/zip_file.h"

#include "base/error.h"
#include "io/text.h"

#include <zip.h>

#include <memory>

namespace imsearch {
namespace {

/// libzip's reason in words; frees what `error` holds.
std::string take_reason(zip_error_t& error) {
  std::string reason = zip_error_strerror(&error);
  zip_error_fini(&error);
  return reason;
}

struct CloseEntry {
  void operator()(zip_file_t* entry) const { zip_fclose(entry); }
};

using OpenEntry = std::unique_ptr<zip_file_t, CloseEntry>;

}  // namespace

ZipFile::ZipFile(std::string_view bytes) : archive_bytes_(bytes.size()) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source =
      zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
  if (source == nullptr) fail("broken zip: {}", take_reason(error));
  archive_ = zip_open_from_source(source, ZIP_RDONLY, &error);
  if (archive_ == nullptr) {
    zip_source_free(source);
    fail("broken zip: {}", take_reason(error));
  }
  zip_error_fini(&error);
}

ZipFile::~ZipFile() {
  zip_discard(archive_);
}

// Names are taken as the bytes that they are (ZIP_FL_ENC_RAW): libzip would
// guess an encoding otherwise, and a name that it gave might not be found
// again.
std::vector<std::string> ZipFile::names() const {
  std::vector<std::string> names;
  const zip_int64_t count = zip_get_num_entries(archive_, 0);
  for (zip_int64_t i = 0; i < count; ++i) {
    const char* name =
        zip_get_name(archive_, static_cast<zip_uint64_t>(i), ZIP_FL_ENC_RAW);
    if (name == nullptr) fail("broken zip: {}", zip_strerror(archive_));
    names.emplace_back(name);
  }
  return names;
}

bool ZipFile::has(const std::string& name) const {
  return zip_name_locate(archive_, name.c_str(), ZIP_FL_ENC_RAW) >= 0;
}

std::uint64_t ZipFile::locate(const std::string& name) const {
  const zip_int64_t entry =
      zip_name_locate(archive_, name.c_str(), ZIP_FL_ENC_RAW);
  if (entry < 0) fail("no entry {}", printable(name));
  return static_cast<std::uint64_t>(entry);
}

std::uint64_t ZipFile::size_bytes(const std::string& name) const {
  zip_stat_t stat;
  if (zip_stat_index(archive_, locate(name), 0, &stat) != 0)
    fail("broken zip: {}: {}", printable(name), zip_strerror(archive_));
  if ((stat.valid & ZIP_STAT_SIZE) == 0)
    fail("broken zip: {} has no size", printable(name));
  // By division: a stated size may be anything up to 2^64 - 1.
  if (stat.size / kMaxGrowth > archive_bytes_)
    fail("broken zip: {} would have {} bytes, in an archive of {}",
         printable(name), stat.size, archive_bytes_);
  return stat.size;
}

std::string ZipFile::read(const std::string& name) const {
  // A byte more: reading beyond the end is what verifies the checksum.
  std::string content(size_bytes(name) + 1, '\0');
  const OpenEntry entry(zip_fopen_index(archive_, locate(name), 0));
  if (entry == nullptr)
    fail("broken zip: {}: {}", printable(name), zip_strerror(archive_));
  std::size_t at = 0;
  zip_int64_t taken = 1;
  while (taken > 0 && at < content.size()) {
    taken = zip_fread(entry.get(), content.data() + at, content.size() - at);
    if (taken < 0)
      fail("broken zip: {}: {}", printable(name),
           zip_file_strerror(entry.get()));
    at += static_cast<std::size_t>(taken);
  }
  content.pop_back();
  if (at != content.size())
    fail("broken zip: {} has {} bytes, its directory says {}", printable(name),
         at, content.size());
  return content;
}

}  // namespace imsearch
