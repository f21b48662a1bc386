// libarchive behind callbacks of our own, so that ^C ends a read, and so that
// skipping in a plain tar is a seek. The formats are named one by one: all
// others that libarchive knows are rare, and its readers of some of them have
// had more bugs than the rest together. None of these starts a program.
//
// Names are bytes here. libarchive converts those that an archive declares as
// UTF-8 to the character set of the locale, so it is called within one whose
// set is UTF-8.
#include "archive/archive_file.h"

#include "base/error.h"
#include "base/interrupt.h"
#include "base/lazy_library.h"
#include "io/descriptor.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <locale.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <initializer_list>
#include <string_view>
#include <vector>

namespace imsearch {
namespace {

struct LibArchive : LazyLibrary {
  LibArchive() : LazyLibrary("libarchive.so.13", "libarchive13") {}

// NOLINTBEGIN(bugprone-macro-parentheses): a name that is declared has none
#define IMSEARCH_FUNCTION(name) \
  decltype(&::archive_##name) name = function("archive_" #name)
  // NOLINTEND(bugprone-macro-parentheses)
  IMSEARCH_FUNCTION(read_new);
  IMSEARCH_FUNCTION(read_free);
  IMSEARCH_FUNCTION(read_support_format_tar);
  IMSEARCH_FUNCTION(read_support_format_zip);
  IMSEARCH_FUNCTION(read_support_format_7zip);
  IMSEARCH_FUNCTION(read_support_format_cpio);
  IMSEARCH_FUNCTION(read_support_filter_gzip);
  IMSEARCH_FUNCTION(read_support_filter_bzip2);
  IMSEARCH_FUNCTION(read_support_filter_xz);
  IMSEARCH_FUNCTION(read_support_filter_zstd);
  IMSEARCH_FUNCTION(read_set_read_callback);
  IMSEARCH_FUNCTION(read_set_skip_callback);
  IMSEARCH_FUNCTION(read_set_seek_callback);
  IMSEARCH_FUNCTION(read_set_callback_data);
  IMSEARCH_FUNCTION(read_open1);
  IMSEARCH_FUNCTION(read_next_header);
  IMSEARCH_FUNCTION(read_data);
  IMSEARCH_FUNCTION(read_data_skip);
  IMSEARCH_FUNCTION(filter_bytes);
  IMSEARCH_FUNCTION(filter_count);
  IMSEARCH_FUNCTION(format);
  IMSEARCH_FUNCTION(error_string);
  IMSEARCH_FUNCTION(set_error);
  IMSEARCH_FUNCTION(entry_pathname);
  IMSEARCH_FUNCTION(entry_hardlink);
  IMSEARCH_FUNCTION(entry_filetype);
  IMSEARCH_FUNCTION(entry_size);
  IMSEARCH_FUNCTION(entry_size_is_set);
  IMSEARCH_FUNCTION(entry_mtime);
  IMSEARCH_FUNCTION(entry_mtime_nsec);
  IMSEARCH_FUNCTION(entry_is_data_encrypted);
#undef IMSEARCH_FUNCTION
};

const LibArchive& library() {
  static const LibArchive loaded;
  return loaded;
}

/// This thread's character set is UTF-8 as long as it lives.
class Utf8Locale {
 public:
  Utf8Locale() : old_(::uselocale(utf8())) {}
  ~Utf8Locale() { ::uselocale(old_); }
  Utf8Locale(const Utf8Locale&) = delete;
  Utf8Locale& operator=(const Utf8Locale&) = delete;

 private:
  static locale_t utf8() {
    static const locale_t locale =
        ::newlocale(LC_CTYPE_MASK, "C.UTF-8", static_cast<locale_t>(nullptr));
    return locale;
  }

  locale_t old_;
};

// What is read at once: members that are skipped cost a block each.
constexpr std::size_t kBlockBytes = std::size_t{1} << 16;

/// The descriptor as libarchive reads it.
struct Source {
  Descriptor file;
  std::uint64_t size = 0;
  std::uint64_t position = 0;
  std::vector<char> block = std::vector<char>(kBlockBytes);
};

la_ssize_t read_block(archive* of, void* data, const void** buffer) {
  Source& source = *static_cast<Source*>(data);
  for (;;) {
    if (interrupted()) {
      library().set_error(of, EINTR, "interrupted");
      return ARCHIVE_FATAL;
    }
    const ssize_t n =
        ::read(source.file.get(), source.block.data(), source.block.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      library().set_error(of, errno, "%s", errno_text(errno).c_str());
      return ARCHIVE_FATAL;
    }
    source.position += static_cast<std::uint64_t>(n);
    *buffer = source.block.data();
    return n;
  }
}

/// Not behind the end: libarchive then says that the archive ends early.
la_int64_t skip_bytes(archive* /*of*/, void* data, la_int64_t request) {
  Source& source = *static_cast<Source*>(data);
  const std::uint64_t left =
      source.size - std::min(source.size, source.position);
  const std::uint64_t bytes = std::min(
      left, static_cast<std::uint64_t>(std::max<la_int64_t>(0, request)));
  if (bytes == 0 ||
      ::lseek(source.file.get(), static_cast<off_t>(bytes), SEEK_CUR) < 0)
    return 0;
  source.position += bytes;
  return static_cast<la_int64_t>(bytes);
}

la_int64_t seek_to(archive* of, void* data, la_int64_t offset, int whence) {
  Source& source = *static_cast<Source*>(data);
  const off_t at = ::lseek(source.file.get(), offset, whence);
  if (at < 0) {
    library().set_error(of, errno, "%s", errno_text(errno).c_str());
    return ARCHIVE_FATAL;
  }
  source.position = static_cast<std::uint64_t>(at);
  return at;
}

/// "/a", "./a" and "a" are one name.
std::string relative_name(std::string_view name) {
  for (;;) {
    if (name.substr(0, 1) == "/")
      name.remove_prefix(1);
    else if (name.substr(0, 2) == "./")
      name.remove_prefix(2);
    else
      return std::string(name);
  }
}

MemberKind kind_of(archive_entry* entry) {
  if (library().entry_hardlink(entry) != nullptr) return MemberKind::kLink;
  switch (library().entry_filetype(entry)) {
    case AE_IFREG:
      return MemberKind::kFile;
    case AE_IFDIR:
      return MemberKind::kFolder;
    case AE_IFLNK:
      return MemberKind::kLink;
    case 0:  // some tools record none in a zip
      return MemberKind::kFile;
    default:
      return MemberKind::kSpecial;
  }
}

/// Far from what a time in nanoseconds can be, and from what people mean.
std::int64_t time_of(archive_entry* entry) {
  constexpr std::int64_t kMostSeconds = 9'000'000'000;
  const std::int64_t seconds = std::clamp<std::int64_t>(
      library().entry_mtime(entry), -kMostSeconds, kMostSeconds);
  const std::int64_t rest = std::clamp<std::int64_t>(
      library().entry_mtime_nsec(entry), 0, 999'999'999);
  return seconds * 1'000'000'000 + rest;
}

Member member_of(archive_entry* entry) {
  Member member;
  const char* name = library().entry_pathname(entry);
  member.name = relative_name(name == nullptr ? "" : name);
  member.kind = kind_of(entry);
  if (library().entry_size_is_set(entry) != 0)
    member.bytes = static_cast<std::uint64_t>(
        std::max<la_int64_t>(0, library().entry_size(entry)));
  member.modified_ns = time_of(entry);
  member.encrypted = library().entry_is_data_encrypted(entry) != 0;
  return member;
}

bool has_word(const std::string& text,
              std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) {
    return text.find(word) != std::string::npos;
  });
}

struct Freed {
  void operator()(archive* reader) const { library().read_free(reader); }
};

}  // namespace

struct ArchiveFile::State {
  explicit State(const std::string& path);
  std::string reason() const;
  void check_ratio();
  void skip_rest();
  [[noreturn]] void break_off(const std::string& why);

  FileFacts facts;
  Source source;
  std::unique_ptr<archive, Freed> reader_owner;
  archive* reader;
  archive_entry* entry = nullptr;
  bool in_member = false;
  std::uint64_t delivered = 0;  // bytes of members that were read
  std::string broken;           // why there are no further members
};

ArchiveFile::State::State(const std::string& path)
    : facts(facts_of_status(path)),
      reader_owner(library().read_new()),
      reader(reader_owner.get()) {
  source.file.reset(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status = {};
  if (!source.file.valid() || ::fstat(source.file.get(), &status) != 0)
    fail("{}", errno_text(errno));
  if (!S_ISREG(status.st_mode)) fail("not a regular file");
  source.size = static_cast<std::uint64_t>(status.st_size);
  const LibArchive& lib = library();
  for (const auto support :
       {lib.read_support_format_tar, lib.read_support_format_zip,
        lib.read_support_format_7zip, lib.read_support_format_cpio,
        lib.read_support_filter_gzip, lib.read_support_filter_bzip2,
        lib.read_support_filter_xz, lib.read_support_filter_zstd})
    support(reader);
  lib.read_set_callback_data(reader, &source);
  lib.read_set_read_callback(reader, read_block);
  lib.read_set_skip_callback(reader, skip_bytes);
  lib.read_set_seek_callback(reader, seek_to);
  if (lib.read_open1(reader) != ARCHIVE_OK) {
    check_interrupt();
    fail("not an archive that can be read: {}", reason());
  }
}

std::string ArchiveFile::State::reason() const {
  const char* text = library().error_string(reader);
  const std::string why = text == nullptr ? "" : text;
  // One word for what libarchive says in many, by whether it reads or skips,
  // and by which library decompresses. A member that ends where the file does
  // is cut short, whatever that library makes of it (zlib: -5).
  const bool at_end = source.position >= source.size;
  const bool decompressed = has_word(why, {"ecompression failed"});
  if (has_word(why, {"runcated"}) || (decompressed && at_end))
    return "truncated archive";
  const bool damaged =
      decompressed || has_word(why, {"amaged", "alformed", "orrupt", "nvalid",
                                     "bad CRC", "CRC error", "rror during"});
  return why.empty() || damaged ? "damaged archive" : why;
}

void ArchiveFile::State::break_off(const std::string& why) {
  broken = why;
  check_interrupt();
  throw Error(why);
}

/// Also of what is only skipped, since that is decompressed as well.
void ArchiveFile::State::check_ratio() {
  const auto streamed = static_cast<std::uint64_t>(
      std::max<la_int64_t>(0, library().filter_bytes(reader, 0)));
  const std::uint64_t bytes = std::max(streamed, delivered);
  if (bytes <= source.size || bytes <= kMaxArchiveSlackBytes) return;
  if ((bytes - kMaxArchiveSlackBytes) / kMaxArchiveRatio <= source.size) return;
  break_off(fmt::format(
      "a decompression bomb: {} MB came of its {} KB, and the rest is not read",
      bytes / 1'000'000, source.size / 1000));
}

/// Piece by piece where that means to decompress: a bomb is noticed, and ^C.
void ArchiveFile::State::skip_rest() {
  const LibArchive& lib = library();
  const bool by_seeking =
      lib.filter_count(reader) == 1 &&
      (lib.format(reader) & ARCHIVE_FORMAT_BASE_MASK) != ARCHIVE_FORMAT_7ZIP;
  if (by_seeking) return;  // read_next_header() does it
  std::vector<char> piece(kBlockBytes);
  for (;;) {
    check_interrupt();
    const la_ssize_t n = lib.read_data(reader, piece.data(), piece.size());
    if (n == ARCHIVE_FATAL) break_off(reason());
    if (n <= 0) return;
    delivered += static_cast<std::uint64_t>(n);
    check_ratio();
  }
}

ArchiveFile::ArchiveFile(const std::string& path) {
  const Utf8Locale locale;
  state_ = std::make_unique<State>(path);
}

ArchiveFile::~ArchiveFile() = default;

std::optional<Member> ArchiveFile::next() {
  const Utf8Locale locale;
  if (!state_->broken.empty()) throw Error(state_->broken);
  check_interrupt();
  if (state_->in_member) state_->skip_rest();
  state_->in_member = false;
  int status = ARCHIVE_RETRY;
  for (int tries = 0; tries < 3 && status == ARCHIVE_RETRY; ++tries)
    status = library().read_next_header(state_->reader, &state_->entry);
  if (status == ARCHIVE_EOF) return std::nullopt;
  if (status != ARCHIVE_OK && status != ARCHIVE_WARN)
    state_->break_off(state_->reason());
  state_->check_ratio();
  state_->in_member = true;
  return member_of(state_->entry);
}

std::string ArchiveFile::read(std::size_t max_bytes) {
  const Utf8Locale locale;
  std::string bytes;
  while (bytes.size() < max_bytes) {
    if (!state_->broken.empty()) throw Error(state_->broken);
    check_interrupt();
    const std::size_t old_size = bytes.size();
    bytes.resize(old_size + std::min(kBlockBytes, max_bytes - old_size));
    const la_ssize_t n = library().read_data(state_->reader, &bytes[old_size],
                                             bytes.size() - old_size);
    bytes.resize(old_size +
                 static_cast<std::size_t>(std::max<la_ssize_t>(n, 0)));
    if (n == 0) break;
    if (n == ARCHIVE_FATAL) state_->break_off(state_->reason());
    if (n < 0) {
      check_interrupt();
      fail("{}", state_->reason());
    }
    state_->delivered += static_cast<std::uint64_t>(n);
    state_->check_ratio();
  }
  return bytes;
}

FileFacts ArchiveFile::facts() const {
  return state_->facts;
}

}  // namespace imsearch
