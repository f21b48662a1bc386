// Maps files by mmap(2). Each mapping is registered (io/mapped_range.h), so
// that a file which is cut off while it is read can be named when the process
// gets SIGBUS.
#include "io/mapped_file.h"

#include "base/error.h"
#include "io/descriptor.h"
#include "io/mapped_range.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace imsearch {

namespace {

FileState state_of(const struct stat& status) {
  constexpr std::int64_t kNanoseconds = 1'000'000'000;
  return {static_cast<std::uint64_t>(status.st_size),
          status.st_mtim.tv_sec * kNanoseconds + status.st_mtim.tv_nsec};
}

}  // namespace

MappedFile::MappedFile(const std::string& path) : path_(path) {
  // O_NONBLOCK: opening a FIFO must fail, not wait for a writer.
  const Descriptor file(
      ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status = {};
  if (!file.valid() || ::fstat(file.get(), &status) != 0)
    fail("{}: {}", path, errno_text(errno));
  if (S_ISDIR(status.st_mode)) fail("{}: {}", path, errno_text(EISDIR));
  if (!S_ISREG(status.st_mode))
    fail("{}: not a regular file, so it cannot be mapped: copy it to one",
         path);
  state_ = state_of(status);
  device_ = status.st_dev;
  inode_ = status.st_ino;
  size_ = static_cast<std::size_t>(status.st_size);
  if (size_ == 0) return;
  void* mapping = ::mmap(nullptr, size_, PROT_READ, MAP_SHARED, file.get(), 0);
  if (mapping == MAP_FAILED) fail("{}: {}", path, errno_text(errno));
  data_ = static_cast<const std::byte*>(mapping);
  range_ = add_mapped_range(data_, size_, path_);
}

MappedFile::~MappedFile() {
  if (data_ == nullptr) return;
  remove_mapped_range(range_);
  ::munmap(const_cast<std::byte*>(data_), size_);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : path_(std::move(other.path_)),
      data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      state_(other.state_),
      device_(other.device_),
      inode_(other.inode_),
      range_(std::exchange(other.range_, nullptr)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  std::swap(state_, other.state_);
  std::swap(device_, other.device_);
  std::swap(inode_, other.inode_);
  std::swap(range_, other.range_);
  return *this;
}

FileState MappedFile::current_state() const {
  // By its name, since an open descriptor for each of a thousand shards would
  // be more than a process may have.
  struct stat status = {};
  if (::stat(path_.c_str(), &status) != 0 || status.st_dev != device_ ||
      status.st_ino != inode_)
    return state_;
  return state_of(status);
}

void MappedFile::release(std::string_view part) const {
  // The mapping begins with a page.
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  const auto begin = static_cast<std::size_t>(
      reinterpret_cast<const std::byte*>(part.data()) - data_);
  const std::size_t first = (begin + page - 1) / page * page;
  const std::size_t last = (begin + part.size()) / page * page;
  if (first < last)
    ::madvise(const_cast<std::byte*>(data_) + first, last - first,
              MADV_DONTNEED);
}

void MappedFile::expect_sequential_access() const {
  if (data_ != nullptr)
    ::madvise(const_cast<std::byte*>(data_), size_, MADV_SEQUENTIAL);
}

}  // namespace imsearch
