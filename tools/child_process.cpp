#include "child_process.h"

#include "base/error.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

namespace imsearch {
namespace {

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

}  // namespace

pid_t start_process(const std::vector<std::string>& command,
                    const ProcessOptions& options) {
  std::vector<char*> argv;
  argv.reserve(command.size() + 1);
  for (const std::string& argument : command)
    argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const FileActions files(options);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  if (options.own_group)
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  pid_t process = -1;
  const int error = ::posix_spawn(&process, argv[0], files.get(), &attributes,
                                  argv.data(), environ);
  posix_spawnattr_destroy(&attributes);
  if (error != 0)
    fail("{}: {}: it must lie beside this tool", argv[0], errno_text(error));
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

}  // namespace imsearch
