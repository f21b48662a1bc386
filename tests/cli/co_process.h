// A tool that is talked to while it runs.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace imsearch::test {

/// Which of its streams are a terminal, instead of pipes.
struct OnTerminal {
  unsigned columns = 0;  // of the terminal; 0: there is none
  bool output = false;   // standard output as well as standard error
};

/// Ends the process, if it still runs, when the test ends.
class CoProcess {
 public:
  /// As test::run(); `folder` is where it runs, empty: here.
  explicit CoProcess(const std::vector<std::string>& args,
                     const std::string& folder = {}, OnTerminal terminal = {});
  ~CoProcess();
  CoProcess(const CoProcess&) = delete;
  CoProcess& operator=(const CoProcess&) = delete;

  void write(const std::string& bytes) const;
  /// Ends its standard input.
  void close_input();
  /// The next line of its standard output or error, without the newline.
  /// Throws Error if none comes within a minute or the stream ends.
  std::string read_line();
  std::string read_error_line();
  /// What comes on standard error, or the terminal, up to and with `part`.
  /// Throws Error if that does not come within a minute or the stream ends.
  std::string read_error_until(const std::string& part);
  /// All that comes there until the process ends.
  std::string read_error_to_end();
  /// Changes the width of the terminal.
  void resize(unsigned columns) const;

  /// Waits until its main thread waits for something, for a few milliseconds.
  /// Throws Error if it does not within a minute.
  void wait_until_asleep() const;

  void send_signal(int number) const;
  /// Waits for its end: the exit code, or 128 + signal. Throws Error if it
  /// does not end within a minute.
  int wait();

  /// The process that it started, found in /proc. Throws Error if there is
  /// none.
  pid_t child() const;

 private:
  int input_ = -1;
  int output_ = -1;
  int error_ = -1;
  pid_t process_ = -1;
};

}  // namespace imsearch::test
