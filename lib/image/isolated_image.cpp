// The child leaves the pixels in a file that is only memory, so that they need
// not be held twice on either side, and answers with a letter and numbers.
#include "image/isolated_image.h"

#include "base/error.h"
#include "base/isolated.h"

#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <fstream>
#include <new>
#include <sstream>
#include <string>

namespace imsearch {
namespace {

// What libraries take beside what grows with the picture: tables, the stacks of
// their threads.
constexpr std::uint64_t kSlackBytes = std::uint64_t{96} * 1000 * 1000;

// Set in the child alone.
bool isolated = false;
bool promised = false;

class MemoryFile {
 public:
  MemoryFile() : fd_(::memfd_create("imsearch pixels", MFD_CLOEXEC)) {
    if (fd_ < 0) fail("memory for pixels: {}", errno_text(errno));
  }
  ~MemoryFile() { ::close(fd_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  void write(const std::vector<std::uint8_t>& bytes) const {
    for (std::size_t done = 0; done < bytes.size();) {
      const ssize_t n = ::pwrite(fd_, bytes.data() + done, bytes.size() - done,
                                 static_cast<off_t>(done));
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) throw std::bad_alloc();
      done += static_cast<std::size_t>(n);
    }
  }

  void read(std::vector<std::uint8_t>& bytes) const {
    for (std::size_t done = 0; done < bytes.size();) {
      const ssize_t n = ::pread(fd_, bytes.data() + done, bytes.size() - done,
                                static_cast<off_t>(done));
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) fail("pixels of the decoder are missing");
      done += static_cast<std::size_t>(n);
    }
  }

 private:
  int fd_;
};

// The letters of an answer.
constexpr char kPixels = 'p';  // width and height follow
constexpr char kNeeds = 'n';   // width, height, bytes
constexpr char kRefused = 'r';

/// Private memory of this process that can be written, as RLIMIT_DATA counts
/// it.
std::uint64_t data_bytes() {
  std::ifstream status("/proc/self/status");
  std::uint64_t kilobytes = 0;
  for (std::string key; status >> key;)
    if (key == "VmData:" && status >> kilobytes) break;
  return kilobytes * 1024;
}

std::string answer_of(const std::function<Image()>& decode,
                      const MemoryFile& pixels) {
  isolated = true;
  try {
    const Image image = decode();
    pixels.write(image.rgb);
    return fmt::format("{} {} {}", kPixels, image.width, image.height);
  } catch (const NeedsMemory& e) {
    return fmt::format("{} {} {} {}", kNeeds, e.width, e.height, e.bytes);
  } catch (const std::bad_alloc&) {
    if (promised) fail("takes more memory than its header accounts for");
    return std::string(1, kRefused);
  }
}

}  // namespace

Image isolated_image(const char* kind, const char* library,
                     const std::function<Image()>& decode) {
  constexpr std::size_t kMaxAnswer = 100;
  const MemoryFile pixels;
  std::istringstream answer(call_isolated(
      kind, library, kMaxAnswer, [&] { return answer_of(decode, pixels); }));
  char letter = kRefused;
  std::size_t width = 0;
  std::size_t height = 0;
  std::uint64_t bytes = 0;
  answer >> letter >> width >> height >> bytes;
  if (letter == kRefused) throw std::bad_alloc();
  if (letter == kNeeds) throw NeedsMemory(width, height, bytes);
  check_pixel_bytes(width, height, UINT64_MAX);
  Image image{width, height, {}};
  image.rgb.resize(width * height * 3);
  pixels.read(image.rgb);
  return image;
}

void promise_memory(std::uint64_t bytes) {
  if (!isolated) return;
  rlimit limit = {};
  if (::getrlimit(RLIMIT_DATA, &limit) != 0) return;
  const rlim_t most = data_bytes() + bytes + kSlackBytes;
  // A lower limit of the user's stays, and what it refuses is not the image's
  // fault.
  if (limit.rlim_cur != RLIM_INFINITY && limit.rlim_cur <= most) return;
  limit.rlim_cur = most;
  promised = ::setrlimit(RLIMIT_DATA, &limit) == 0;
}

}  // namespace imsearch
