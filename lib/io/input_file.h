// A file or standard input, read piece by piece, which ^C can end at any time.
#pragma once

#include <cstddef>
#include <string>

namespace imsearch {

/// Any readable file: regular, a pipe, a device, or "-" for standard input,
/// which is left open. Not copyable; one thread at a time.
class InputFile {
 public:
  /// Throws Error if it cannot be opened.
  explicit InputFile(const std::string& path);
  ~InputFile();
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  /// Reads up to `size_bytes` (> 0) as soon as there is anything; 0 is the
  /// end. Throws Error; Interrupted from the first signal on (where
  /// catch_interrupts() was called), however short before the wait it came.
  std::size_t read(void* data, std::size_t size_bytes);

  /// The name for messages: the path, or "standard input".
  const std::string& name() const { return name_; }

 private:
  std::string name_;
  int fd_;
};

}  // namespace imsearch
