#include "run_tool.h"

#include "child_process.h"
#include "cli.h"

#include "base/interrupt.h"
#include "io/descriptor.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace imsearch {
namespace {

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
  std::string text = read_to_end(output.get());
  const int status = wait_for(process);
  check_interrupt();
  if (status != 0)
    fail("{}: failed with {}", command[0], describe_ending(status));
  return text;
}

}  // namespace imsearch
