// The work runs in a forked child, which sends its answer through a pipe: one
// letter for a result or an error, then the bytes. How the child ended tells an
// answer from a crash and from work without an end. Fork gives the child all
// that the work needs without copying it; but only the calling thread lives on
// in the child, so a lock that another thread held stays locked there for ever.
// That is why the work may use no other thread's things.
#include "base/isolated.h"

#include "base/error.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <exception>

namespace imsearch {
namespace {

// A weights file takes HDF5 a fraction of a second: a minute is work without
// end.
constexpr rlim_t kMaxCpuSeconds = 60;
constexpr char kResult = 'r';
constexpr char kError = 'e';

/// The crash is expected: no core file, no handler of ours, no last words.
void expect_to_crash() {
  for (const int signal : {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL})
    ::signal(signal, SIG_DFL);
  const rlimit no_core = {0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  const rlimit cpu = {kMaxCpuSeconds, kMaxCpuSeconds};
  ::setrlimit(RLIMIT_CPU, &cpu);
  const int null = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (null >= 0) ::dup2(null, STDERR_FILENO);
}

bool write_all(int fd, const std::string& bytes) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t n = ::write(fd, bytes.data() + done, bytes.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    done += static_cast<std::size_t>(n);
  }
  return true;
}

[[noreturn]] void be_child(int out, const std::function<std::string()>& work) {
  expect_to_crash();
  std::string answer;
  try {
    answer = kResult + work();
  } catch (const std::exception& e) {
    answer = kError + std::string(e.what());
  }
  // Without what waits for the end of a process: it is the parent's.
  ::_exit(write_all(out, answer) ? 0 : 1);
}

/// All that comes, but at most `max_bytes` and one more.
std::string read_all(int fd, std::size_t max_bytes) {
  constexpr std::size_t kBytesAtOnce = 65536;
  std::string bytes;
  while (bytes.size() <= max_bytes) {
    const std::size_t before = bytes.size();
    bytes.resize(before + kBytesAtOnce);
    const ssize_t n = ::read(fd, &bytes[before], kBytesAtOnce);
    bytes.resize(before + (n > 0 ? static_cast<std::size_t>(n) : 0));
    if (n == 0 || (n < 0 && errno != EINTR)) break;
  }
  return bytes;
}

/// How the child ended, as waitpid(2) gives it.
int wait_for(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0)
    if (errno != EINTR) return -1;
  return status;
}

}  // namespace

std::string call_isolated(const std::string& where, const std::string& what,
                          std::size_t max_bytes,
                          const std::function<std::string()>& work) {
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0)
    fail("{}: pipe: {}", where, errno_text(errno));
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[0]);  // or the pipe would never break
    be_child(ends[1], work);
  }
  const int fork_error = errno;
  ::close(ends[1]);
  std::string answer;
  // Until the pipe ends, which it does when the child has ended as well:
  // without the end that was closed above, this process would wait for itself.
  if (child > 0) answer = read_all(ends[0], max_bytes + 1);
  ::close(ends[0]);  // a child that has more to say ends by SIGPIPE
  if (child < 0) fail("{}: fork: {}", where, errno_text(fork_error));
  const int status = wait_for(child);
  if (answer.size() > max_bytes + 1)
    fail("{}: {} gave more than {} bytes", where, what, max_bytes);
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU)
    fail("{}: {} found no end in {} seconds", where, what, kMaxCpuSeconds);
  if (WIFSIGNALED(status))
    fail("{}: {} crashed on it (signal {})", where, what, WTERMSIG(status));
  if (status != 0 || answer.empty())
    fail("{}: {} gave up on it (exit code {})", where, what,
         WEXITSTATUS(status));
  const bool good = answer[0] == kResult;
  answer.erase(0, 1);
  if (!good) throw Error(answer);
  return answer;
}

}  // namespace imsearch
