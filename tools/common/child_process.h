// Other programs: started and left to the caller, or run for what they print.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace imsearch {

/// What the process gets instead of what it would inherit.
struct ProcessOptions {
  int input = -1;   // its standard input; -1: ours
  int output = -1;  // its standard output; -1: ours
  /// A process group of its own: ^C in a terminal does not reach it.
  bool own_group = false;
  std::string name = {};  // its argv[0]; empty: the path
};

/// Starts the program command[0], whose path has a slash, with the arguments
/// behind it. The caller waits for the process. Throws Error.
pid_t start_process(const std::vector<std::string>& command,
                    const ProcessOptions& options);

/// Waits for the end of a process, whatever signals come meanwhile. Gives the
/// status as waitpid(2) does.
int wait_for(pid_t process);

/// How it ended, for people: "exit code 1", "signal 9".
std::string describe_ending(int status);

/// Runs the sibling `tool` with these arguments, waits, and gives its standard
/// output. It reads `input` as its standard input, or ours. Its standard error
/// goes where ours goes, in the form in which this user calls the tools. Throws
/// Error if it cannot be started or is killed, cli::ToldError if it fails,
/// Interrupted after a signal to us (base/interrupt.h), which ends the tool,
/// too.
std::string run_tool(const std::string& tool,
                     const std::vector<std::string>& arguments,
                     const std::optional<std::string>& input = std::nullopt);

/// The program of that name in a folder of PATH; empty: there is none.
std::string find_program(const std::string& name);

/// Runs any program (command[0] has a slash), which reads `input` as its
/// standard input, and gives its standard output. Throws Error also if it
/// fails; Interrupted.
std::string run_program(const std::vector<std::string>& command,
                        const std::string& input);

}  // namespace imsearch
