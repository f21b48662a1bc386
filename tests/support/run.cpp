#include "support/run.h"

#include "base/error.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>

namespace imsearch::test {
namespace {

std::string environment_value(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr) fail("{} is not set: run the tests by ctest", name);
  return value;
}

struct Pipe {
  int ends[2] = {-1, -1};
  Pipe() {
    if (::pipe2(ends, O_CLOEXEC) != 0) fail("pipe: {}", errno_text(errno));
  }
  ~Pipe() {
    close_end(0);
    close_end(1);
  }
  void close_end(int i) {
    if (ends[i] >= 0) ::close(ends[i]);
    ends[i] = -1;
  }
};

/// From the next exec on, root is refused like its owner where a file's mode
/// says so. It stays root: another user may not be able to enter the folder
/// that the build is in.
void drop_privileges() {
  if (::geteuid() != 0) return;
  for (const int privilege : {CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH})
    if (::prctl(PR_CAPBSET_DROP, privilege, 0, 0, 0) != 0) ::_exit(126);
}

/// In a child: a file system of 64 kB over `folder`, for this process alone and
/// gone with it.
bool mount_small_disk(const char* folder) {
  const int user = ::geteuid() == 0 ? 0 : CLONE_NEWUSER;
  return ::unshare(user | CLONE_NEWNS) == 0 &&
         ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
         ::mount("none", folder, "tmpfs", 0, "size=64k") == 0;
}

/// In the child: nothing here may throw, or it would go on with the tests.
[[noreturn]] void become(const std::string& program,
                         const std::vector<std::string>& args,
                         const RunOptions& options, Pipe& in, Pipe& out,
                         Pipe& err) {
  ::dup2(in.ends[0], STDIN_FILENO);
  ::dup2(out.ends[1], STDOUT_FILENO);
  ::dup2(err.ends[1], STDERR_FILENO);
  if (!options.stdout_to.empty()) {
    const int fd =
        ::open(options.stdout_to.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (fd < 0) ::_exit(126);
    ::dup2(fd, STDOUT_FILENO);
  }
  if (!options.small_disk.empty() &&
      !mount_small_disk(options.small_disk.c_str()))
    ::_exit(126);
  if (!options.folder.empty() && ::chdir(options.folder.c_str()) != 0)
    ::_exit(126);
  if (options.max_file_bytes > 0) {
    const rlimit limit = {options.max_file_bytes, options.max_file_bytes};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    std::signal(SIGXFSZ, SIG_IGN);
  }
  if (options.max_data_bytes > 0) {
    const rlimit limit = {options.max_data_bytes, options.max_data_bytes};
    ::setrlimit(RLIMIT_DATA, &limit);
  }
  for (const std::string& setting : options.environment)
    ::putenv(const_cast<char*>(setting.c_str()));
  if (options.unprivileged) drop_privileges();
  std::vector<char*> argv;
  argv.reserve(args.size() + 1);
  for (const std::string& arg : args)
    argv.push_back(const_cast<char*>(arg.c_str()));
  argv.push_back(nullptr);
  ::execv(program.c_str(), argv.data());
  ::_exit(127);
}

/// Feeds stdin and drains stdout and stderr at once, so that neither side can
/// block the other.
void exchange(const RunOptions& options, pid_t child, Pipe& in, Pipe& out,
              Pipe& err, RunResult& result) {
  constexpr int kPeriod_ms = 1;
  bool interrupt_due = static_cast<bool>(options.interrupt_when);
  std::size_t sent = 0;
  if (options.input.empty()) in.close_end(1);
  while (out.ends[0] >= 0 || err.ends[0] >= 0) {
    pollfd fds[3] = {{in.ends[1], POLLOUT, 0},
                     {out.ends[0], POLLIN, 0},
                     {err.ends[0], POLLIN, 0}};
    ::poll(fds, 3, interrupt_due ? kPeriod_ms : -1);
    if (interrupt_due && options.interrupt_when()) {
      interrupt_due = false;
      ::kill(child, options.interrupt_signal);
    }
    if (in.ends[1] >= 0 && fds[0].revents != 0) {
      const ssize_t n = ::write(in.ends[1], options.input.data() + sent,
                                options.input.size() - sent);
      if (n > 0) sent += static_cast<std::size_t>(n);
      if (n <= 0 || sent == options.input.size()) in.close_end(1);
    }
    const auto drain = [](Pipe& pipe, short events, std::string& text) {
      if (pipe.ends[0] < 0 || events == 0) return;
      char buffer[65536];
      const ssize_t n = ::read(pipe.ends[0], buffer, sizeof buffer);
      if (n > 0)
        text.append(buffer, static_cast<std::size_t>(n));
      else
        pipe.close_end(0);
    };
    drain(out, fds[1].revents, result.out);
    drain(err, fds[2].revents, result.err);
  }
}

}  // namespace

bool can_have_small_disk() {
  const pid_t child = ::fork();
  if (child < 0) fail("fork: {}", errno_text(errno));
  if (child == 0) ::_exit(mount_small_disk("/tmp") ? 0 : 1);
  int status = 0;
  ::waitpid(child, &status, 0);
  return status == 0;
}

std::string tool_path(const std::string& tool) {
  return environment_value("IMSEARCH_BIN") + "/" + tool;
}

bool has_libtorch() {
  if (::access(tool_path("extract-torch").c_str(), X_OK) == 0) return true;
  std::fputs("left out: what needs extract-torch, built without libtorch\n",
             stderr);
  return false;
}

std::string source_path(const std::string& relative) {
  return environment_value("IMSEARCH_SOURCE") + "/" + relative;
}

RunResult run(const std::vector<std::string>& args, const RunOptions& options) {
  const std::string program =
      args[0].find('/') == std::string::npos ? tool_path(args[0]) : args[0];
  std::signal(SIGPIPE, SIG_IGN);
  Pipe in;
  Pipe out;
  Pipe err;
  const pid_t child = ::fork();
  if (child < 0) fail("fork: {}", errno_text(errno));
  if (child == 0) {
    std::signal(SIGPIPE, SIG_DFL);
    std::signal(SIGINT, SIG_DFL);  // ignored where ctest runs in a background
    become(program, args, options, in, out, err);
  }
  in.close_end(0);
  out.close_end(1);
  err.close_end(1);
  RunResult result;
  exchange(options, child, in, out, err, result);
  int status = 0;
  ::waitpid(child, &status, 0);
  result.status =
      WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  return result;
}

}  // namespace imsearch::test
