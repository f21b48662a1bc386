#include "cli/co_process.h"

#include "base/error.h"
#include "support/run.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <fstream>

namespace imsearch::test {
namespace {

constexpr int kPatience_ms = 60000;

struct Pipe {
  int ends[2] = {-1, -1};
  Pipe() {
    if (::pipe2(ends, O_CLOEXEC) != 0) fail("pipe: {}", errno_text(errno));
  }
};

std::string next_line(int fd) {
  std::string line;
  for (;;) {
    pollfd ready = {fd, POLLIN, 0};
    if (::poll(&ready, 1, kPatience_ms) <= 0)
      fail("no line in a minute, but \"{}\"", line);
    char byte = 0;
    if (::read(fd, &byte, 1) != 1) fail("the stream ended after \"{}\"", line);
    if (byte == '\n') return line;
    line += byte;
  }
}

/// In the child: nothing here may throw, or it would go on with the tests.
[[noreturn]] void become(const std::string& program,
                         const std::vector<std::string>& args,
                         const std::string& folder, const Pipe& in,
                         const Pipe& out, const Pipe& err) {
  ::dup2(in.ends[0], STDIN_FILENO);
  ::dup2(out.ends[1], STDOUT_FILENO);
  ::dup2(err.ends[1], STDERR_FILENO);
  std::signal(SIGPIPE, SIG_DFL);
  std::signal(SIGINT, SIG_DFL);  // ignored where ctest runs in a background
  std::vector<char*> argv;
  argv.reserve(args.size() + 1);
  for (const std::string& arg : args)
    argv.push_back(const_cast<char*>(arg.c_str()));
  argv.push_back(nullptr);
  if (folder.empty() || ::chdir(folder.c_str()) == 0)
    ::execv(program.c_str(), argv.data());
  ::_exit(127);
}

}  // namespace

CoProcess::CoProcess(const std::vector<std::string>& args,
                     const std::string& folder) {
  const std::string program = tool_path(args[0]);
  std::signal(SIGPIPE, SIG_IGN);
  const Pipe in;
  const Pipe out;
  const Pipe err;
  process_ = ::fork();
  if (process_ < 0) fail("fork: {}", errno_text(errno));
  if (process_ == 0) become(program, args, folder, in, out, err);
  ::close(in.ends[0]);
  ::close(out.ends[1]);
  ::close(err.ends[1]);
  input_ = in.ends[1];
  output_ = out.ends[0];
  error_ = err.ends[0];
}

CoProcess::~CoProcess() {
  close_input();
  if (process_ > 0) {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }
  ::close(output_);
  ::close(error_);
}

void CoProcess::write(const std::string& bytes) const {
  if (::write(input_, bytes.data(), bytes.size()) !=
      static_cast<ssize_t>(bytes.size()))
    fail("write: {}", errno_text(errno));
}

void CoProcess::close_input() {
  if (input_ >= 0) ::close(input_);
  input_ = -1;
}

std::string CoProcess::read_line() {
  return next_line(output_);
}
std::string CoProcess::read_error_line() {
  return next_line(error_);
}

void CoProcess::send_signal(int number) const {
  ::kill(process_, number);
}

int CoProcess::wait() {
  int status = 0;
  for (int waited_ms = 0; ::waitpid(process_, &status, WNOHANG) == 0;
       waited_ms += 10) {
    if (waited_ms > kPatience_ms) fail("the process does not end");
    ::usleep(10000);
  }
  process_ = -1;
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

pid_t CoProcess::child() const {
  const std::string id = std::to_string(process_);
  std::ifstream children("/proc/" + id + "/task/" + id + "/children");
  pid_t child = -1;
  if (!(children >> child)) fail("process {} has started no other", id);
  return child;
}

}  // namespace imsearch::test
