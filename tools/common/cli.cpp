// The frame of every tool: parses the command line, catches every error once,
// and turns it into a message and an exit status.
//
// The library below throws and never prints; a tool's body returns its exit
// code. So the text of an error, the status that a script sees, and what
// happens after a signal are decided here and are the same in all tools.
#include "common/cli.h"

#include "common/cli11.h"
#include "common/completion.h"
#include "common/nearest_name.h"
#include "common/progress_line.h"
#include "common/standard_streams.h"
#include "common/version.h"

#include "base/command.h"
#include "base/interrupt.h"
#include "base/progress.h"
#include "io/file.h"
#include "io/mapped_file.h"
#include "io/text.h"

#include <CLI/CLI.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <new>

namespace imsearch::cli {
namespace {

// Set once, before there are threads; a signal handler reads it.
std::string program_name = "imsearch";

/// A descriptor that the caller closed would be given to the next file that is
/// opened, and messages would end up in it. Standard output is opened for
/// reading: writing to it stays an error.
void open_closed_descriptors() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (::fcntl(fd, F_GETFD) < 0)
      ::open("/dev/null", fd == STDERR_FILENO ? O_WRONLY : O_RDONLY);
}

/// Prints an error that ends the run. If the reader of our output is gone, the
/// process ends as an unhandled SIGPIPE ends it, quietly; by now destructors
/// have removed temporary files.
void report(const std::string& text) {
  if (interrupt_signal() == SIGPIPE) {
    std::signal(SIGPIPE, SIG_DFL);
    std::raise(SIGPIPE);
  }
  say(text);
}

/// Ends the run in a signal handler, where nothing may be formatted.
void end_by_fault(const char* path) {
  const char* const parts[] = {
      program_name.c_str(), ": ", path,
      ": truncated, or unreadable, while it was in use: run this again\n"};
  for (const char* part : parts) {
    [[maybe_unused]] const ssize_t written =
        ::write(STDERR_FILENO, part, std::strlen(part));
  }
  ::_exit(kFailed);
}

/// An option, or argument, that nobody asked for: the one that was meant, if
/// one can tell.
std::string text_of_extra(const CLI::App& app) {
  const CLI::App* asked = &app;
  for (const CLI::App* command : app.get_subcommands()) asked = command;
  const std::vector<std::string> extras = app.remaining(true);
  const std::string extra = extras.empty() ? "" : extras.front();
  std::vector<std::string> names;
  if (extra.empty() || extra[0] != '-') {
    for (const CLI::App* command : asked->get_subcommands({}))
      names.push_back(command->get_name());
    return fmt::format(
        "{}: {}{}", extra,
        names.empty() ? "one argument too many" : "not a command",
        did_you_mean(extra, names));
  }
  for (const CLI::Option* option : asked->get_options())
    for (const std::string& name : option->get_lnames())
      names.push_back("--" + name);
  if (file_exists(extra))
    return fmt::format(
        "{0}: no such option: the file of that name is ./{0}, or comes behind "
        "--",
        extra);
  const std::string typed = extra.substr(0, extra.find('='));
  return fmt::format("{}: no such option{}", typed, did_you_mean(typed, names));
}

/// CLI11's text, but for how many values there are and for what is not
/// expected: these in our own words.
std::string text_of(const CLI::App& app, const CLI::Error& e) {
  const std::string text = e.what();
  const auto is = [&](CLI::ExitCodes code) {
    return e.get_exit_code() == static_cast<int>(code);
  };
  if (is(CLI::ExitCodes::ExtrasError)) return text_of_extra(app);
  // An option that was mistyped matters more than what is missing besides.
  if (is(CLI::ExitCodes::RequiredError) && app.remaining_size(true) > 0)
    return text_of_extra(app);
  // CLI11 says "images is required".
  constexpr std::string_view kRequired = " is required";
  if (is(CLI::ExitCodes::RequiredError) && text[0] != '-' &&
      text.size() > kRequired.size() &&
      text.substr(text.size() - kRequired.size()) == kRequired)
    return text.substr(0, text.size() - kRequired.size()) + ": none is given";
  if (e.get_name() != "ArgumentMismatch") return text;
  const std::string option = text.substr(0, text.find(':'));
  if (text.find("At Most") != std::string::npos)
    return option + ": given more than once";
  return option + ": a value is missing";
}

/// What every program begins with.
void begin(int argc, char** argv) {
  // First of all: the next file that is opened would take a closed descriptor.
  open_closed_descriptors();
  if (argc > 0 && argv[0] != nullptr) program_name = base_name(argv[0]);
  set_command_form(program_name);
  on_mapping_fault(end_by_fault);
}

int run_body(const std::function<int()>& body) {
  try {
    const int status = body();
    flush_output();
    return status;
  } catch (const UsageError& e) {
    say(e.what());
    say(fmt::format("try '{} --help'", program_name));
    return kUsage;
  }
}

int print_completions(const CLI::App& app,
                      const std::vector<std::string>& words) {
  std::fputs(completions(app, words).c_str(), stdout);
  flush_output();
  return kDone;
}

int run_checked(CLI::App& app, int argc, char** argv,
                const std::function<int()>& body) {
  // Options may throw UsageError as they are read, so both parts are inside.
  return run_body([&]() -> int {
    try {
      app.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
      // --help and --version arrive as parse errors with exit code 0.
      return app.exit(e) == 0 ? kDone : kUsage;
    }
    return body();
  });
}

}  // namespace

const std::string& tool_name() {
  return program_name;
}

void say(const std::string& text) {
  // Texts begin with the name of what they are about, which may be empty.
  const char* name = text.compare(0, 2, ": ") == 0 ? "''" : "";
  write_message(
      fmt::format("{}: {}{}\n", program_name, name, without_controls(text)));
}

int run_plain(int argc, char** argv, const std::function<int()>& body) {
  begin(argc, argv);
  try {
    return run_body(body);
  } catch (...) {
    return report_failure();
  }
}

int run(CLI::App& app, int argc, char** argv,
        const std::function<int()>& body) {
  begin(argc, argv);
  app.name(program_name);
  app.formatter(help_formatter());
  for (CLI::App* command : app.get_subcommands(nullptr))
    command->formatter(help_formatter());
  read_decimal_numbers(app);
  app.set_version_flag("--version", program_name + " " IMSEARCH_VERSION,
                       "Print the version and exit");
  put_rest_under_general(app);
  app.failure_message([](const CLI::App* failed, const CLI::Error& e) {
    return fmt::format("{0}: {1}\n{0}: try '{0} --help'\n", program_name,
                       without_controls(text_of(*failed, e)));
  });
  try {
    // Not an option: what follows is somebody's unfinished command line.
    if (argc > 1 && argv[1] == std::string("--complete"))
      return print_completions(app, {argv + 2, argv + argc});
    return run_checked(app, argc, argv, body);
  } catch (...) {
    return report_failure();
  }
}

int report_failure() {
  try {
    throw;
  } catch (const Interrupted&) {
    report("interrupted");
    return 128 + interrupt_signal();
  } catch (const ToldError&) {
    // On standard error already.
  } catch (const std::bad_alloc&) {
    report("out of memory");
  } catch (const std::exception& e) {
    report(e.what());
  }
  return kFailed;
}

void refuse_to_overwrite(const std::string& output,
                         const std::vector<std::string>& inputs) {
  for (const std::string& input : inputs)
    if (same_file(input, output))
      fail_usage("writing {} would replace an input of this run", output);
}

std::string program_folder() {
  char self[PATH_MAX];
  const ssize_t size = ::readlink("/proc/self/exe", self, sizeof self);
  if (size <= 0) fail("/proc/self/exe: {}", errno_text(errno));
  const std::string path(self, static_cast<std::size_t>(size));
  return path.substr(0, path.rfind('/') + 1);
}

std::string sibling_path(const std::string& tool) {
  // Installed tools are all prefixed, those of a build folder are not.
  const std::string folder = program_folder();
  const std::string installed = folder + "imsearch-" + tool;
  return file_exists(installed) ? installed : folder + tool;
}

void become_sibling(const std::string& tool, char** argv,
                    const std::string& if_missing) {
  const std::string path = sibling_path(tool);
  // argv[0] stays, and with it the name in messages: users asked for one tool.
  ::execv(path.c_str(), argv);
  const int error = errno;
  if (error == ENOENT) throw Error(if_missing);
  fail("{}: {}", path, errno_text(error));
}

}  // namespace imsearch::cli
