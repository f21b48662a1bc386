#include "cli.h"

#include "base/interrupt.h"
#include "help.h"
#include "version.h"

#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdio>
#include <exception>
#include <new>

namespace imsearch::cli {
namespace {

std::string program_name = "imsearch";

std::string file_part(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

void check_standard_output() {
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0)
    fail("standard output: {}", errno_text(errno));
}

int run_checked(CLI::App& app, int argc, char** argv,
                const std::function<int()>& body) {
  try {
    app.parse(argc, argv);
    const int status = body();
    check_standard_output();
    return status;
  } catch (const CLI::ParseError& e) {
    // --help and --version arrive as parse errors with exit code 0.
    const int status = app.exit(e) == 0 ? kDone : kUsage;
    check_standard_output();
    return status;
  } catch (const UsageError& e) {
    complain(e.what());
    complain(fmt::format("try '{} --help'", program_name));
    return kUsage;
  }
}

}  // namespace

const std::string& tool_name() {
  return program_name;
}

void complain(const std::string& text) {
  std::fputs(fmt::format("{}: {}\n", program_name, text).c_str(), stderr);
}

int run(CLI::App& app, int argc, char** argv,
        const std::function<int()>& body) {
  if (argc > 0 && argv[0] != nullptr) program_name = file_part(argv[0]);
  app.name(program_name);
  app.formatter(help_formatter());
  for (CLI::App* command : app.get_subcommands(nullptr))
    command->formatter(help_formatter());
  app.set_version_flag("--version", program_name + " " IMSEARCH_VERSION,
                       "Print the version and exit");
  app.failure_message([](const CLI::App*, const CLI::Error& e) {
    return fmt::format("{0}: {1}\n{0}: try '{0} --help'\n", program_name,
                       e.what());
  });
  try {
    return run_checked(app, argc, argv, body);
  } catch (const Interrupted&) {
    complain("interrupted");
    return 128 + interrupt_signal();
  } catch (const std::bad_alloc&) {
    complain("out of memory");
  } catch (const std::exception& e) {
    complain(e.what());
  }
  return kFailed;
}

std::string sibling_path(const std::string& tool) {
  char self[PATH_MAX];
  const ssize_t size = ::readlink("/proc/self/exe", self, sizeof self);
  if (size <= 0) fail("/proc/self/exe: {}", errno_text(errno));
  const std::string path(self, static_cast<std::size_t>(size));
  const std::size_t name_at = path.rfind('/') + 1;
  const bool prefixed = path.compare(name_at, 9, "imsearch-") == 0;
  return path.substr(0, name_at) + (prefixed ? "imsearch-" : "") + tool;
}

}  // namespace imsearch::cli
