#include "run_tool.h"

#include "child_process.h"
#include "cli.h"

#include "base/interrupt.h"
#include "io/descriptor.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>

namespace imsearch {
namespace {

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

}  // namespace

std::string run_tool(const std::string& tool,
                     const std::vector<std::string>& arguments) {
  std::vector<std::string> command = {cli::sibling_path(tool)};
  command.insert(command.end(), arguments.begin(), arguments.end());
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) fail("pipe: {}", errno_text(errno));
  const Descriptor output(ends[0]);
  Descriptor its_output(ends[1]);
  const pid_t process = start_process(command, {-1, its_output.get(), false});
  its_output.reset();
  std::string text = read_output(output.get(), process);
  const int status = wait_for(process);
  check_interrupt();
  if (status != 0)
    fail("{}: failed with {}", command[0], describe_ending(status));
  return text;
}

}  // namespace imsearch
