// Reserves addresses for both parts and maps each to its place. Where pages are
// larger than the 4096 bytes that parts are aligned to, they are copied.
#include "io/joined_mapping.h"

#include "base/error.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace imsearch {
namespace {

constexpr std::size_t kPart = 4096;

}  // namespace

JoinedMapping::JoinedMapping(const MappedFile& first, std::string_view head,
                             const MappedFile& second, std::string_view rest,
                             bool writable)
    : size_(head.size() + rest.size()) {
  if (size_ == 0) return;
  const bool can_map = ::sysconf(_SC_PAGESIZE) == long{kPart};
  const int access = can_map ? PROT_NONE : PROT_READ | PROT_WRITE;
  void* room = ::mmap(nullptr, size_, access,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (room == MAP_FAILED) fail("{}: {}", first.path(), errno_text(errno));
  data_ = static_cast<char*>(room);
  if (can_map) {
    map(first, head, 0, writable, head_range_);
    map(second, rest, head.size(), writable, rest_range_);
  } else {
    std::memcpy(data_, head.data(), head.size());
    std::memcpy(data_ + head.size(), rest.data(), rest.size());
  }
}

void JoinedMapping::map(const MappedFile& file, std::string_view part,
                        std::size_t at, bool writable, MappedRange*& range) {
  if (part.empty()) return;
  const auto offset =
      reinterpret_cast<const std::byte*>(part.data()) - file.data();
  void* mapped = ::mmap(data_ + at, part.size(),
                        writable ? PROT_READ | PROT_WRITE : PROT_READ,
                        MAP_FIXED | (writable ? MAP_PRIVATE : MAP_SHARED),
                        file.descriptor(), static_cast<off_t>(offset));
  if (mapped == MAP_FAILED) {
    const int reason = errno;
    if (head_range_ != nullptr) remove_mapped_range(head_range_);
    ::munmap(data_, size_);
    fail("{}: {}", file.path(), errno_text(reason));
  }
  range = add_mapped_range(static_cast<std::byte*>(mapped), part.size(),
                           file.path());
}

JoinedMapping::~JoinedMapping() {
  if (data_ == nullptr) return;
  if (head_range_ != nullptr) remove_mapped_range(head_range_);
  if (rest_range_ != nullptr) remove_mapped_range(rest_range_);
  ::munmap(data_, size_);
}

JoinedMapping::JoinedMapping(JoinedMapping&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      head_range_(std::exchange(other.head_range_, nullptr)),
      rest_range_(std::exchange(other.rest_range_, nullptr)) {}

}  // namespace imsearch
