// Runs a tool and kills it right before it changes a file.
#pragma once

#include "support/run.h"

#include <cstddef>
#include <limits>
#include <string>
#include <vector>

namespace imsearch::test {

inline constexpr std::size_t kNever = std::numeric_limits<std::size_t>::max();

struct TracedRun {
  bool killed = false;
  int status = -1;  // as of RunResult; -1 if it was killed
  /// The system calls that changed files in or below the working folder, or
  /// forced them to the disk: "write fvecs.bin.part", "rename a b". One that it
  /// was killed at is the last, and was not carried out.
  std::vector<std::string> changes;
};

/// Whether a process may watch its child, which some containers forbid.
bool can_trace();

/// Runs `args` (args[0]: a tool's name) in options.folder with
/// options.environment; nothing else of `options` counts, and what the tool
/// prints is dropped. Sends SIGKILL, to the programs that it runs, too, in
/// place of change `kill_at`, from 0. The process must have no other child.
/// Throws Error.
TracedRun run_traced(const std::vector<std::string>& args,
                     const RunOptions& options, std::size_t kill_at = kNever);

}  // namespace imsearch::test
