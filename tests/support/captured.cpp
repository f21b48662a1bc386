#include "support/captured.h"

#include "io/file.h"
#include "support/temp_dir.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>

namespace imsearch::test {
namespace {

/// Leads a standard stream to a file while it lives.
class Redirection {
 public:
  Redirection(std::FILE* stream, const std::string& path)
      : stream_(stream), fd_(::fileno(stream)) {
    std::fflush(stream_);
    kept_ = ::dup(fd_);
    const int file =
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    ::dup2(file, fd_);
    ::close(file);
  }
  ~Redirection() {
    std::fflush(stream_);
    ::dup2(kept_, fd_);
    ::close(kept_);
  }
  Redirection(const Redirection&) = delete;
  Redirection& operator=(const Redirection&) = delete;

 private:
  std::FILE* stream_;
  int fd_;
  int kept_ = -1;
};

std::string written_to(std::FILE* stream, const std::function<void()>& body) {
  const TempDir dir;
  const std::string path = dir / "captured";
  {
    const Redirection redirected(stream, path);
    body();
  }
  return read_file(path);
}

}  // namespace

std::string printed_by(const std::function<void()>& body) {
  return written_to(stdout, body);
}

std::string complained_by(const std::function<void()>& body) {
  return written_to(stderr, body);
}

}  // namespace imsearch::test
