#include "io/append_file.h"

#include "base/error.h"
#include "io/descriptor.h"
#include "io/input_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <vector>

namespace imsearch {
namespace {

constexpr std::size_t kBlockBytes = std::size_t{1} << 20;

[[noreturn]] void fail_errno(const std::string& path) {
  fail("{}: {}", path, errno_text(errno));
}

/// Open for writing behind `size_bytes`, where it ends now.
Descriptor open_at(const std::string& path, std::uint64_t size_bytes) {
  // Not blocking: at a FIFO this would wait.
  Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status = {};
  if (!file.valid() || ::fstat(file.get(), &status) != 0) fail_errno(path);
  if (!S_ISREG(status.st_mode)) fail("{}: not a regular file", path);
  if (static_cast<std::uint64_t>(status.st_size) < size_bytes)
    fail("{}: {} bytes, where at least {} were", path, status.st_size,
         size_bytes);
  const auto end = static_cast<off_t>(size_bytes);
  if (::ftruncate(file.get(), end) != 0 ||
      ::lseek(file.get(), end, SEEK_SET) < 0)
    fail_errno(path);
  return file;
}

void write_all(const Descriptor& file, std::string_view bytes,
               const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(file.get(), bytes.data(), bytes.size());
    if (n < 0 && errno != EINTR) fail_errno(path);
    if (n > 0) bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

void sync(const Descriptor& file, const std::string& path) {
  if (::fsync(file.get()) != 0) fail_errno(path);
}

}  // namespace

void cut_file(const std::string& path, std::uint64_t size_bytes) {
  sync(open_at(path, size_bytes), path);
}

void append_file(const std::string& path, std::uint64_t size_bytes,
                 std::string_view text, const std::string& from) {
  InputFile input(from);
  const Descriptor file = open_at(path, size_bytes);
  write_all(file, text, path);
  std::vector<char> block(kBlockBytes);
  while (const std::size_t n = input.read(block.data(), block.size()))
    write_all(file, {block.data(), n}, path);
  sync(file, path);
}

}  // namespace imsearch
