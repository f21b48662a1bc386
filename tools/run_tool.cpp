#include "run_tool.h"

#include "cli.h"

#include "base/interrupt.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

namespace imsearch {
namespace {

struct ReadEnd {
  int fd = -1;
  ~ReadEnd() { ::close(fd); }
};

pid_t spawn(const std::string& program,
            const std::vector<std::string>& arguments, int standard_output) {
  std::vector<char*> argv = {const_cast<char*>(program.c_str())};
  for (const std::string& argument : arguments)
    argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, standard_output, STDOUT_FILENO);
  pid_t process = -1;
  const int error = ::posix_spawn(&process, program.c_str(), &files, nullptr,
                                  argv.data(), environ);
  posix_spawn_file_actions_destroy(&files);
  return error == 0 ? process : (errno = error, -1);
}

/// Both go on after a signal: the other process got it too, and ends.
std::string read_to_end(int fd) {
  std::string text;
  char buffer[4096];
  for (;;) {
    const ssize_t got = ::read(fd, buffer, sizeof buffer);
    if (got > 0) text.append(buffer, static_cast<std::size_t>(got));
    if (got == 0 || (got < 0 && errno != EINTR)) return text;
  }
}

int wait_for(pid_t process) {
  int status = 0;
  while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

}  // namespace

std::string run_tool(const std::string& tool,
                     const std::vector<std::string>& arguments) {
  const std::string program = cli::sibling_path(tool);
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) fail("pipe: {}", errno_text(errno));
  const ReadEnd output{ends[0]};
  const pid_t process = spawn(program, arguments, ends[1]);
  const int error = errno;
  ::close(ends[1]);
  if (process < 0)
    fail("{}: {}: it must lie beside this tool", program, errno_text(error));
  std::string text = read_to_end(output.fd);
  const int status = wait_for(process);
  check_interrupt();
  if (WIFSIGNALED(status))
    fail("{}: killed by signal {}", program, WTERMSIG(status));
  if (WEXITSTATUS(status) != 0)
    fail("{}: failed with exit code {}", program, WEXITSTATUS(status));
  return text;
}

}  // namespace imsearch
