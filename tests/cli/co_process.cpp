#include "cli/co_process.h"

#include "base/error.h"
#include "support/run.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
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

/// False at the end of the stream, which a terminal tells by an error.
bool read_byte(int fd, std::string& text) {
  pollfd ready = {fd, POLLIN, 0};
  if (::poll(&ready, 1, kPatience_ms) <= 0)
    fail("nothing in a minute behind \"{}\"", text);
  char byte = 0;
  if (::read(fd, &byte, 1) != 1) return false;
  text += byte;
  return true;
}

std::string read_until(int fd, const std::string& part) {
  std::string text;
  while (text.size() < part.size() ||
         text.compare(text.size() - part.size(), part.size(), part) != 0)
    if (!read_byte(fd, text)) fail("the stream ended after \"{}\"", text);
  return text;
}

std::string next_line(int fd) {
  std::string line = read_until(fd, "\n");
  line.pop_back();
  return line;
}

/// A terminal that passes bytes on as they are: what is drawn is read from the
/// first end.
Pipe open_terminal(unsigned columns) {
  Pipe terminal;
  for (const int end : terminal.ends) ::close(end);
  winsize size = {};
  size.ws_col = static_cast<unsigned short>(columns);
  size.ws_row = 24;
  termios raw = {};
  ::cfmakeraw(&raw);
  if (::openpty(&terminal.ends[0], &terminal.ends[1], nullptr, &raw, &size) !=
      0)
    fail("openpty: {}", errno_text(errno));
  ::fcntl(terminal.ends[0], F_SETFD, FD_CLOEXEC);
  ::fcntl(terminal.ends[1], F_SETFD, FD_CLOEXEC);
  return terminal;
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
                     const std::string& folder, OnTerminal terminal) {
  const bool is_path = args[0].find('/') != std::string::npos;
  const std::string program = is_path ? args[0] : tool_path(args[0]);
  std::signal(SIGPIPE, SIG_IGN);
  const Pipe in;
  const Pipe out;
  const Pipe err =
      terminal.columns > 0 ? open_terminal(terminal.columns) : Pipe();
  if (terminal.output) ::dup2(err.ends[1], out.ends[1]);
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

std::string CoProcess::read_error_until(const std::string& part) {
  return read_until(error_, part);
}
std::string CoProcess::read_error_to_end() {
  std::string text;
  while (read_byte(error_, text)) {
  }
  return text;
}

void CoProcess::resize(unsigned columns) const {
  winsize size = {};
  size.ws_col = static_cast<unsigned short>(columns);
  size.ws_row = 24;
  ::ioctl(error_, TIOCSWINSZ, &size);
}

void CoProcess::wait_until_asleep() const {
  constexpr int kMostMs = 60'000;
  constexpr int kTimesSeen = 5;
  for (int waited_ms = 0, seen = 0; seen < kTimesSeen; ++waited_ms) {
    if (waited_ms > kMostMs) fail("the process does not come to rest");
    std::ifstream stat("/proc/" + std::to_string(process_) + "/stat");
    std::string number;
    std::string name;
    std::string state;
    stat >> number >> name >> state;
    seen = state == "S" ? seen + 1 : 0;
    ::usleep(1000);
  }
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
