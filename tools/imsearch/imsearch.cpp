// imsearch: all tools under one name.
//
//   imsearch extract photos      becomes extract, which lies beside it
//   imsearch help query          opens the manual of query
//   imsearch --help              lists the tools
//
// The tool learns from argv[0] what the user typed, and its messages say it.
#include "common/cli.h"
#include "common/commands.h"
#include "common/nearest_name.h"
#include "common/version.h"
#include "imsearch/facts.h"

#include "base/command.h"
#include "io/file.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

using namespace imsearch;

void print_help() {
  std::string text =
      "Image similarity search from the shell.\n"
      "Usage: imsearch COMMAND [OPTION...]\n\nCommands:\n";
  for (const Command& command : kCommands)
    text += fmt::format("  {:<15}{}\n", command.name, command.text);
  text += fmt::format("  {:<15}{}\n", "help [COMMAND]", "open a manual");
  text +=
      "\nExamples:\n"
      "  imsearch extract ~/Pictures\n"
      "  imsearch build-index\n"
      "  imsearch query photo.jpg --sheet answers.jpg\n"
      "\n'imsearch COMMAND --help' lists the options of a command;\n"
      "'imsearch help' opens imsearch(7); 'imsearch --version --json' says "
      "what\n"
      "a report of a fault needs.\n";
  std::fputs(text.c_str(), stdout);
}

bool is_command(const std::string& name) {
  for (const Command& command : kCommands)
    if (name == command.name) return true;
  return false;
}

/// Throws UsageError for a name that is not a command.
void check_command(const std::string& name) {
  if (is_command(name)) return;
  std::vector<std::string> names;
  for (const Command& command : kCommands) names.emplace_back(command.name);
  names.insert(names.end(), {"help", "--help", "--version"});
  cli::fail_usage("{}: not a command of imsearch{}", name,
                  cli::did_you_mean(name, names));
}

/// Opens the manual that is installed, or lies in the build, with this program.
int open_manual(const std::string& command) {
  if (!command.empty()) check_command(command);
  const std::string page =
      command.empty() ? "imsearch.7" : "imsearch-" + command + ".1";
  const std::string path = fmt::format(
      "{}../share/man/man{}/{}", cli::program_folder(), page.back(), page);
  for (const std::string& file : {path, path + ".gz"})
    if (file_exists(file)) {
      ::execlp("man", "man", "-l", file.c_str(), nullptr);
      fail("man: {}: the manual is {}", errno_text(errno), file);
    }
  fail("{}: no such manual: '{}{}{} --help' says the most important", path,
       cli::tool_name(), command.empty() ? "" : " ", command);
}

/// imsearch help, also as people ask what help there is.
int help(const std::string& about) {
  if (about == "-h" || about == "--help") {
    print_help();
    return cli::kDone;
  }
  return open_manual(about == "help" ? "" : about);
}

int become(const std::string& command, char** argv) {
  check_command(command);
  std::string name = "imsearch " + command;
  argv[0] = name.data();
  // A script does not see its argv[0]: its interpreter gets a path instead.
  ::setenv("IMSEARCH_STARTED_AS", name.c_str(), 1);
  cli::become_sibling(
      command, argv,
      fmt::format("{} is not installed beside this program", command));
}

void offer(const std::string& candidate, const std::string& meaning,
           const std::string& start) {
  if (candidate.compare(0, start.size(), start) == 0)
    std::puts((candidate + "\t" + meaning).c_str());
}

/// Answers --complete for what this program reads itself; a tool's words are
/// the tool's.
int complete(int argc, char** argv) {
  const std::string first = argc > 2 ? argv[2] : "";
  const std::string last = argc > 2 ? argv[argc - 1] : "";
  const bool choosing = argc <= 3;
  if (choosing || (first == "help" && argc == 4))
    for (const Command& command : kCommands)
      offer(command.name, command.text, last);
  if (choosing) {
    offer("help", "open a manual", last);
    offer("--help", "list the commands", last);
    offer("--version", "print the version and exit", last);
    return cli::kDone;
  }
  if (first == "--version") offer("--json", "facts for a report", last);
  if (first == "fetch-weights" && argc == 4) {
    offer("keras", "what the article's features were made with", last);
    offer("torchvision", "PyTorch's", last);
    offer("--help", "", last);
  }
  if (!is_command(first) || first == "fetch-weights") return cli::kDone;
  // imsearch --complete TOOL WORD...: TOOL --complete WORD...
  std::string name = "imsearch " + first;
  argv[2] = argv[1];
  argv[1] = name.data();
  cli::become_sibling(first, argv + 1, first + " is not installed");
}

int run(int argc, char** argv) {
  const std::string first = argc > 1 ? argv[1] : "--help";
  if (first == "-h" || first == "--help") {
    print_help();
    return cli::kDone;
  }
  if (first == "help") return help(argc > 2 ? argv[2] : "");
  if (first == "--version") {
    const bool facts = argc > 2 && argv[2] == std::string("--json");
    std::puts(facts ? facts_json().c_str() : "imsearch " IMSEARCH_VERSION);
    return cli::kDone;
  }
  if (first == "--complete") return complete(argc, argv);
  argv[1] = argv[0];
  return become(first, argv + 1);
}

}  // namespace

int main(int argc, char** argv) {
  return cli::run_plain(argc, argv, [&] { return run(argc, argv); });
}
