// The frame that every tool shares: parse, run, one catch, exit code.
#pragma once

#include "common/cli11.h"

#include "base/error.h"

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace imsearch::cli {

/// Exit codes of all tools. A run ended by SIGINT exits 130 (128 + signal).
enum ExitStatus : int { kDone = 0, kFailed = 1, kUsage = 2 };

/// A wrong command line that CLI11 can't see, across options or files.
struct UsageError : Error {
  using Error::Error;
};

/// Another tool of ours, which this one has run, failed and has said why: no
/// line is to follow, but the run ends as after any other Error.
struct ToldError : Error {
  using Error::Error;
};

template <typename... Args>
[[noreturn]] void fail_usage(fmt::format_string<Args...> format,
                             Args&&... args) {
  throw UsageError(fmt::format(format, std::forward<Args>(args)...));
}

/// Prints "tool: text" and a newline on stderr, in one write, instead of a
/// progress line that is there; without control characters, which names of
/// files may bring. Any thread.
void say(const std::string& text);

/// The frame without options of CLI11, for a program that hands its command
/// line on: `body` gets no help with --help. Otherwise as run().
int run_plain(int argc, char** argv, const std::function<int()>& body);

/// Parses the command line, runs `body`, flushes and checks standard output.
/// `body` returns the exit code. Every error is printed here and nowhere else.
int run(CLI::App& app, int argc, char** argv, const std::function<int()>& body);

/// Reports the exception that is being handled as run() does, for callers that
/// cannot let it reach that. Gives the exit code.
int report_failure();

/// Throws UsageError if `output` is the same file as one of `inputs`, by this
/// or another name.
void refuse_to_overwrite(const std::string& output,
                         const std::vector<std::string>& inputs);

/// The name this process was started by: "query", or "imsearch-query".
const std::string& tool_name();

/// The folder that this program lies in, with a slash at the end.
std::string program_folder();

/// The path of another tool of ours, which lies beside this one: with the
/// prefix "imsearch-" where they are installed.
std::string sibling_path(const std::string& tool);

/// Goes on as that tool, with the same arguments and the same name in messages.
/// Throws Error if it cannot be started; `if_missing` is the text where there
/// is no such file, which an installation may lack.
[[noreturn]] void become_sibling(const std::string& tool, char** argv,
                                 const std::string& if_missing);

}  // namespace imsearch::cli
