#include "index/loaded_copy.h"

#include "base/error.h"

#include <sys/mman.h>

#include <cerrno>
#include <cstring>

namespace imsearch {

LoadedCopy::LoadedCopy(std::string_view bytes) {
  if (bytes.empty()) return;
  void* memory = ::mmap(nullptr, bytes.size(), PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED)
    fail("{} bytes of memory: {}", bytes.size(), errno_text(errno));
  memory_ = std::unique_ptr<char, Unmap>(static_cast<char*>(memory),
                                         Unmap{bytes.size()});
  ::madvise(memory, bytes.size(), MADV_HUGEPAGE);
  std::memcpy(memory, bytes.data(), bytes.size());
}

std::string_view LoadedCopy::bytes() const {
  return {memory_.get(), memory_.get_deleter().size_bytes};
}

void LoadedCopy::Unmap::operator()(char* memory) const {
  ::munmap(memory, size_bytes);
}

}  // namespace imsearch
