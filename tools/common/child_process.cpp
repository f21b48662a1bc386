// Other programs, started and left to the caller, or run to their end for what
// they print. Signals are passed on, so that ^C ends both.
//
// posix_spawn(3) starts them: fork() would copy the page tables of a process
// that has gigabytes of vectors mapped. No shell is between, so that no name is
// expanded or split.
#include "common/child_process.h"

#include "common/cli.h"

#include "base/command.h"
#include "base/error.h"
#include "base/interrupt.h"
#include "io/descriptor.h"
#include "io/file.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <string_view>
#include <utility>

namespace imsearch {
namespace {

/// What is done to the descriptors of the new process, freed at the end.
class FileActions {
 public:
  explicit FileActions(const ProcessOptions& options) {
    posix_spawn_file_actions_init(&actions_);
    replace(STDIN_FILENO, options.input);
    replace(STDOUT_FILENO, options.output);
  }
  ~FileActions() { posix_spawn_file_actions_destroy(&actions_); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;

  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  void replace(int standard, int fd) {
    if (fd >= 0) posix_spawn_file_actions_adddup2(&actions_, fd, standard);
  }

  posix_spawn_file_actions_t actions_ = {};
};

/// What `process` prints. A signal to us is passed on, since not all are sent
/// to it as well; it then ends, and with it what it prints.
std::string read_output(int fd, pid_t process) {
  std::string text;
  char buffer[4096];
  bool passed_on = false;
  for (;;) {
    wait_readable(fd);
    if (interrupted() && !passed_on) {
      ::kill(process, SIGTERM);
      passed_on = true;
    }
    const ssize_t got = ::read(fd, buffer, sizeof buffer);
    if (got > 0) text.append(buffer, static_cast<std::size_t>(got));
    if (got == 0 || (got < 0 && errno != EINTR)) return text;
  }
}

/// A nameless file that holds `text`, to be read from its start: unlike a pipe
/// it never waits for its reader.
Descriptor file_of(const std::string& text) {
  Descriptor file(::memfd_create("input", MFD_CLOEXEC));
  if (file.get() < 0) fail("memfd_create: {}", errno_text(errno));
  std::string_view rest = text;
  while (!rest.empty()) {
    const ssize_t n = ::write(file.get(), rest.data(), rest.size());
    if (n < 0) fail("memfd: {}", errno_text(errno));
    rest.remove_prefix(static_cast<std::size_t>(n));
  }
  if (::lseek(file.get(), 0, SEEK_SET) != 0)
    fail("memfd: {}", errno_text(errno));
  return file;
}

/// What a program printed, and how it ended.
struct Finished {
  std::string output;
  int status = 0;
};

/// `options` without an output.
Finished run_to_end(const std::vector<std::string>& command,
                    ProcessOptions options) {
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) fail("pipe: {}", errno_text(errno));
  const Descriptor output(ends[0]);
  Descriptor its_output(ends[1]);
  options.output = its_output.get();
  const pid_t process = start_process(command, options);
  // Else our own copy of the end would keep the output from ending.
  its_output.reset();
  Finished end;
  end.output = read_output(output.get(), process);
  end.status = wait_for(process);
  // After a signal to us the child's status means nothing to the user.
  check_interrupt();
  return end;
}

}  // namespace

pid_t start_process(const std::vector<std::string>& command,
                    const ProcessOptions& options) {
  std::vector<char*> argv;
  argv.reserve(command.size() + 1);
  for (const std::string& argument : command)
    // posix_spawn() takes char*, for C's sake, and changes none of them.
    argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  if (!options.name.empty()) argv[0] = const_cast<char*>(options.name.c_str());
  const FileActions files(options);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  if (options.own_group)
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  pid_t process = -1;
  const int error = ::posix_spawn(&process, command[0].c_str(), files.get(),
                                  &attributes, argv.data(), environ);
  posix_spawnattr_destroy(&attributes);
  if (error != 0) fail("{}: {}", command[0], errno_text(error));
  return process;
}

int wait_for(pid_t process) {
  int status = 0;
  while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

std::string describe_ending(int status) {
  return WIFSIGNALED(status) ? fmt::format("signal {}", WTERMSIG(status))
                             : fmt::format("exit code {}", WEXITSTATUS(status));
}

std::string run_tool(const std::string& tool,
                     const std::vector<std::string>& arguments,
                     const std::optional<std::string>& input) {
  std::vector<std::string> line = {cli::sibling_path(tool)};
  line.insert(line.end(), arguments.begin(), arguments.end());
  const Descriptor given = input ? file_of(*input) : Descriptor();
  ProcessOptions options;
  options.input = given.get();
  options.name = command(tool);
  Finished end = run_to_end(line, options);
  if (end.status == 0) return std::move(end.output);
  const std::string how = fmt::format("{}: failed with {}", options.name,
                                      describe_ending(end.status));
  if (WIFSIGNALED(end.status)) throw Error(how);
  throw cli::ToldError(how);
}

std::string find_program(const std::string& name) {
  const char* path = std::getenv("PATH");
  // What execvp(3) would look through without PATH.
  std::string_view folders = path == nullptr ? "/usr/bin:/bin" : path;
  while (!folders.empty()) {
    const std::string_view folder = folders.substr(0, folders.find(':'));
    folders.remove_prefix(std::min(folders.size(), folder.size() + 1));
    std::string program = std::string(folder) + "/" + name;
    if (!folder.empty() && ::access(program.c_str(), X_OK) == 0 &&
        is_regular_file(program))
      return program;
  }
  return "";
}

std::string run_program(const std::vector<std::string>& command,
                        const std::string& input) {
  const Descriptor given = file_of(input);
  ProcessOptions options;
  options.input = given.get();
  Finished end = run_to_end(command, options);
  if (end.status != 0)
    fail("{}: failed with {}", command[0], describe_ending(end.status));
  return std::move(end.output);
}

}  // namespace imsearch
