#include "support/traced_run.h"

#include "base/error.h"

#include <fcntl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>

namespace imsearch::test {
namespace {

/// Where in the arguments of a call a file is said.
enum class Where { kDescriptor, kPath, kPathAt, kTwoPaths, kTwoPathsAt };

struct Call {
  long number;
  const char* name;
  Where where;
  int flags_at = -1;  // of calls that change a file only with some flags
};

constexpr Call kCalls[] = {
#ifdef SYS_open  // and its like: not on all machines
    {SYS_open, "create", Where::kPath, 1},
    {SYS_creat, "create", Where::kPath},
    {SYS_rename, "rename", Where::kTwoPaths},
    {SYS_link, "link", Where::kTwoPaths},
    {SYS_unlink, "unlink", Where::kPath},
    {SYS_mkdir, "mkdir", Where::kPath},
#endif
#ifdef SYS_renameat
    {SYS_renameat, "rename", Where::kTwoPathsAt},
#endif
    {SYS_openat, "create", Where::kPathAt, 2},
    {SYS_renameat2, "rename", Where::kTwoPathsAt},
    {SYS_linkat, "link", Where::kTwoPathsAt},
    {SYS_unlinkat, "unlink", Where::kPathAt},
    {SYS_mkdirat, "mkdir", Where::kPathAt},
    {SYS_truncate, "truncate", Where::kPath},
    {SYS_ftruncate, "truncate", Where::kDescriptor},
    {SYS_fallocate, "fallocate", Where::kDescriptor},
    {SYS_write, "write", Where::kDescriptor},
    {SYS_writev, "write", Where::kDescriptor},
    {SYS_pwrite64, "write", Where::kDescriptor},
    {SYS_pwritev, "write", Where::kDescriptor},
    {SYS_copy_file_range, "write", Where::kDescriptor},
    {SYS_fsync, "sync", Where::kDescriptor},
    {SYS_fdatasync, "sync", Where::kDescriptor},
    {SYS_fchmod, "chmod", Where::kDescriptor},
};

/// The text at an address of a stopped process.
std::string text_at(pid_t pid, std::uint64_t address) {
  std::string text;
  while (text.size() < PATH_MAX) {
    errno = 0;
    const long word = ::ptrace(PTRACE_PEEKDATA, pid, address + text.size(), 0);
    if (errno != 0) return text;
    const auto* bytes = reinterpret_cast<const char*>(&word);
    for (std::size_t i = 0; i < sizeof word; ++i) {
      if (bytes[i] == '\0') return text;
      text += bytes[i];
    }
  }
  return text;
}

std::string path_of_descriptor(pid_t pid, std::uint64_t fd) {
  char target[PATH_MAX];
  const std::string link = fmt::format("/proc/{}/fd/{}", pid, fd);
  const ssize_t size = ::readlink(link.c_str(), target, sizeof target);
  return size < 0 ? "" : std::string(target, static_cast<std::size_t>(size));
}

/// Within `folder` the name there; nothing elsewhere.
std::optional<std::string> name_within(const std::string& folder,
                                       const std::string& path) {
  if (path == folder) return ".";
  if (path.empty() || path[0] != '/') return path;
  if (path.compare(0, folder.size() + 1, folder + "/") != 0)
    return std::nullopt;
  return path.substr(folder.size() + 1);
}

std::optional<std::string> files_of(pid_t pid, const Call& call,
                                    const __ptrace_syscall_info& info,
                                    const std::string& folder) {
  const auto& args = info.entry.args;
  switch (call.where) {
    case Where::kDescriptor: {
      const std::string path = path_of_descriptor(pid, args[0]);
      // Pipes and the like have no slash.
      if (path.empty() || path[0] != '/') return std::nullopt;
      return name_within(folder, path);
    }
    case Where::kPath:
      return name_within(folder, text_at(pid, args[0]));
    case Where::kPathAt:
      return name_within(folder, text_at(pid, args[1]));
    case Where::kTwoPaths:
    case Where::kTwoPathsAt:
      break;
  }
  const bool at = call.where == Where::kTwoPathsAt;
  const auto from = name_within(folder, text_at(pid, args[at ? 1 : 0]));
  const auto to = name_within(folder, text_at(pid, args[at ? 3 : 1]));
  if (!from || !to) return std::nullopt;
  return *from + " " + *to;
}

/// What the call that `pid` is about to make changes, if it changes a file.
std::optional<std::string> change_at(pid_t pid, const std::string& folder) {
  __ptrace_syscall_info info = {};
  if (::ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof info, &info) <= 0)
    fail("ptrace: {}", errno_text(errno));
  if (info.op != PTRACE_SYSCALL_INFO_ENTRY) return std::nullopt;
  for (const Call& call : kCalls) {
    if (static_cast<std::uint64_t>(call.number) != info.entry.nr) continue;
    if (call.flags_at >= 0 &&
        (info.entry.args[call.flags_at] & (O_CREAT | O_TRUNC)) == 0)
      return std::nullopt;
    const auto files = files_of(pid, call, info, folder);
    if (!files) return std::nullopt;
    return std::string(call.name) + " " + *files;
  }
  return std::nullopt;
}

[[noreturn]] void become(const std::string& program,
                         const std::vector<std::string>& args,
                         const RunOptions& options) {
  const int null = ::open("/dev/null", O_RDWR);
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    ::dup2(null, fd);
  if (::chdir(options.folder.c_str()) != 0) ::_exit(126);
  for (const std::string& setting : options.environment)
    ::putenv(const_cast<char*>(setting.c_str()));
  std::vector<char*> argv;
  argv.reserve(args.size() + 1);
  for (const std::string& arg : args)
    argv.push_back(const_cast<char*>(arg.c_str()));
  argv.push_back(nullptr);
  if (::ptrace(PTRACE_TRACEME, 0, 0, 0) != 0) ::_exit(126);
  std::raise(SIGSTOP);
  ::execv(program.c_str(), argv.data());
  ::_exit(127);
}

/// What to send on to a process that has stopped.
int signal_of(int status, pid_t thread, pid_t leader) {
  const int signal = WSTOPSIG(status);
  const bool of_tracing = signal == (SIGTRAP | 0x80) || signal == SIGTRAP ||
                          status >> 16 != 0 ||
                          (signal == SIGSTOP && thread != leader);
  return of_tracing ? 0 : signal;
}

void follow(pid_t leader, const std::string& folder, std::size_t kill_at,
            TracedRun& run) {
  // With all the programs that it runs.
  std::set<pid_t> threads = {leader};
  for (;;) {
    int status = 0;
    const pid_t thread = ::waitpid(-1, &status, __WALL);
    if (thread < 0 && errno == ECHILD && run.killed) return;
    if (thread < 0) fail("waitpid: {}", errno_text(errno));
    if (!WIFSTOPPED(status)) {
      threads.erase(thread);
      if (thread != leader || run.killed) continue;
      run.status =
          WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
      return;
    }
    threads.insert(thread);
    if (!run.killed && WSTOPSIG(status) == (SIGTRAP | 0x80)) {
      if (auto change = change_at(thread, folder)) {
        run.killed = run.changes.size() == kill_at;
        run.changes.push_back(std::move(*change));
        if (run.killed)
          for (const pid_t each : threads) ::kill(each, SIGKILL);
      }
    }
    // Fails where the kill was faster.
    ::ptrace(PTRACE_SYSCALL, thread, 0, signal_of(status, thread, leader));
  }
}

}  // namespace

bool can_trace() {
  const pid_t child = ::fork();
  if (child < 0) fail("fork: {}", errno_text(errno));
  if (child == 0) {
    if (::ptrace(PTRACE_TRACEME, 0, 0, 0) != 0) ::_exit(1);
    std::raise(SIGSTOP);
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, __WALL);
  if (!WIFSTOPPED(status)) return false;
  __ptrace_syscall_info info = {};
  const bool told =
      ::ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof info, &info) > 0;
  ::kill(child, SIGKILL);
  ::waitpid(child, &status, __WALL);
  return told;
}

TracedRun run_traced(const std::vector<std::string>& args,
                     const RunOptions& options, std::size_t kill_at) {
  const std::string program = tool_path(args[0]);
  const pid_t child = ::fork();
  if (child < 0) fail("fork: {}", errno_text(errno));
  if (child == 0) become(program, args, options);
  int status = 0;
  ::waitpid(child, &status, __WALL);
  constexpr long kOptions = PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL |
                            PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK |
                            PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC;
  if (!WIFSTOPPED(status) ||
      ::ptrace(PTRACE_SETOPTIONS, child, 0, kOptions) != 0 ||
      ::ptrace(PTRACE_SYSCALL, child, 0, 0) != 0)
    fail("{}: cannot be watched", program);
  TracedRun run;
  follow(child, std::filesystem::canonical(options.folder), kill_at, run);
  return run;
}

}  // namespace imsearch::test
