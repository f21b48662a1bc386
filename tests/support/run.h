// Runs the real binaries.
#pragma once

#include <csignal>
#include <functional>
#include <string>
#include <vector>

namespace imsearch::test {

struct RunResult {
  int status = -1;  // the exit code, or 128 + signal
  std::string out;
  std::string err;
};

struct RunOptions {
  std::string input;                     // standard input's bytes
  std::string folder;                    // working folder; empty: as is
  std::vector<std::string> environment;  // "NAME=value", added
  std::string stdout_to;                 // a file instead of RunResult::out
  std::size_t max_file_bytes = 0;        // RLIMIT_FSIZE; 0: unlimited
  std::size_t max_data_bytes = 0;        // RLIMIT_DATA; 0: unlimited
  bool unprivileged = false;             // modes of files bind root too
  std::string small_disk;  // a folder that is a file system of 64 kB meanwhile
  /// Sends interrupt_signal as soon as this says so; asked every millisecond.
  std::function<bool()> interrupt_when;
  int interrupt_signal = SIGINT;
};

/// Runs `args` (args[0]: a tool's name, found in the build, or a path with a
/// slash) and waits. Throws Error if it cannot be started.
RunResult run(const std::vector<std::string>& args,
              const RunOptions& options = {});

/// False where the system lets nobody mount a file system of his own, as in
/// some containers: then RunOptions::small_disk cannot be had.
bool can_have_small_disk();

/// Whether extract-torch was built, which needs libtorch. Says so if not.
bool has_libtorch();

/// The path of a built tool, and of a file in the source tree.
std::string tool_path(const std::string& tool);
std::string source_path(const std::string& relative);

}  // namespace imsearch::test
