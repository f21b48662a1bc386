// A copy in anonymous memory: the kernel gives mapped files no huge pages.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

namespace imsearch {

/// A copy of `bytes` on huge pages, where the system grants them; aligned to a
/// page; one that is shared with nothing. Throws Error if memory is short.
class LoadedCopy {
 public:
  explicit LoadedCopy(std::string_view bytes);

  std::string_view bytes() const;

 private:
  struct Unmap {
    std::size_t size_bytes;
    void operator()(char* memory) const;
  };
  std::unique_ptr<char, Unmap> memory_{nullptr, Unmap{0}};
};

}  // namespace imsearch
