// Maps files by mmap(2), and tells a handler of SIGBUS which bytes are whose.
//
// Reading behind the end of a file that was truncated meanwhile raises SIGBUS,
// and so does a disk that fails. The handler can say which file it was only if
// it finds the address among the mappings; but it may take no lock and free
// nothing, while other threads map and unmap files. So the ranges are nodes of
// a list that only grows: one that is no longer mapped stays, empty, and is
// used again for the next mapping. The list is as long as the most files that
// were ever mapped at a time.
#include "io/mapped_file.h"

#include "base/error.h"
#include "io/descriptor.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <mutex>
#include <utility>

namespace imsearch {

struct MappedRange {
  std::atomic<std::uintptr_t> begin{0};  // 0: nothing is mapped
  std::atomic<std::uintptr_t> end{0};    // of the last page
  std::string path;
  MappedRange* next = nullptr;
};

namespace {

// The handler reads these on any thread, so they must need no lock.
std::atomic<MappedRange*> first_range{nullptr};
std::atomic<void (*)(const char*)> report_fault{nullptr};
static_assert(std::atomic<MappedRange*>::is_always_lock_free);
static_assert(std::atomic<std::uintptr_t>::is_always_lock_free);

/// Held by those who change the list.
std::mutex& list_mutex() {
  static std::mutex mutex;
  return mutex;
}

/// One that is free, or a new one, which is in the list for ever.
MappedRange* free_range() {
  for (MappedRange* range = first_range; range != nullptr; range = range->next)
    if (range->begin == 0) return range;
  auto* range = new MappedRange;  // the handler may read it until the end
  range->next = first_range;
  first_range = range;
  return range;
}

/// Walks the list with atomic reads alone. The range that faults is being read,
/// so no thread empties it meanwhile.
void on_sigbus(int number, siginfo_t* info, void*) {
  const auto address = reinterpret_cast<std::uintptr_t>(info->si_addr);
  const bool by_access = info->si_code > 0;  // not sent by a process
  for (const MappedRange* range = first_range; by_access && range != nullptr;
       range = range->next)
    if (range->begin != 0 && address >= range->begin && address < range->end)
      report_fault.load()(range->path.c_str());
  ::signal(number, SIG_DFL);
  ::raise(number);  // arrives on return from here
}

FileState state_of(const struct stat& status) {
  constexpr std::int64_t kNanoseconds = 1'000'000'000;
  return {static_cast<std::uint64_t>(status.st_size),
          status.st_mtim.tv_sec * kNanoseconds + status.st_mtim.tv_nsec};
}

}  // namespace

MappedRange* add_mapped_range(const std::byte* begin, std::size_t size_bytes,
                              const std::string& path) {
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  const auto first = reinterpret_cast<std::uintptr_t>(begin);
  const std::lock_guard<std::mutex> lock(list_mutex());
  MappedRange* range = free_range();
  range->path = path;
  // The kernel maps whole pages: the last one may fault behind the file's end.
  range->end = (first + size_bytes + page - 1) / page * page;
  range->begin = first;  // last: from now on it is looked at
  return range;
}

void remove_mapped_range(MappedRange* range) {
  const std::lock_guard<std::mutex> lock(list_mutex());
  range->begin = 0;
}

MappedFile::MappedFile(const std::string& path, bool keep_open) : path_(path) {
  // O_NONBLOCK: opening a FIFO must fail, not wait for a writer.
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
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
  // Shared, since mmap(2) leaves open whether a private mapping shows a change
  // of the file. The descriptor may be closed: the mapping keeps the file.
  void* mapping = ::mmap(nullptr, size_, PROT_READ, MAP_SHARED, file.get(), 0);
  if (mapping == MAP_FAILED) fail("{}: {}", path, errno_text(errno));
  data_ = static_cast<const std::byte*>(mapping);
  range_ = add_mapped_range(data_, size_, path_);
  if (keep_open) descriptor_ = std::move(file);
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
      range_(std::exchange(other.range_, nullptr)),
      descriptor_(std::move(other.descriptor_)) {}

// What was mapped here goes with `other`, whose destructor unmaps it.
MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  std::swap(state_, other.state_);
  std::swap(device_, other.device_);
  std::swap(inode_, other.inode_);
  std::swap(range_, other.range_);
  std::swap(descriptor_, other.descriptor_);
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

bool MappedFile::has_its_name() const {
  struct stat status = {};
  return ::stat(path_.c_str(), &status) == 0 && status.st_dev == device_ &&
         status.st_ino == inode_;
}

void MappedFile::release(std::string_view part) const {
  // Only pages that lie within the part as a whole: what is beside it may be in
  // use.
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

void on_mapping_fault(void (*report)(const char* path)) {
  report_fault = report;
  struct sigaction action = {};
  action.sa_sigaction = on_sigbus;
  action.sa_flags = SA_SIGINFO;
  sigemptyset(&action.sa_mask);
  ::sigaction(SIGBUS, &action, nullptr);
}

}  // namespace imsearch
