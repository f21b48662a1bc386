#include "common/index_remarks.h"

#include "common/cli.h"

#include "base/command.h"
#include "io/file.h"

#include <unistd.h>

#include <algorithm>
#include <string>
#include <vector>

namespace imsearch::cli {

void say_foreign_changes(const Index& index) {
  const std::string text = index.foreign_changes();
  if (!text.empty()) say(text);
}

void say_missing_vectors(const Index& index) {
  if (index.vectors() != nullptr) return;
  const std::vector<std::string> paths = index.source_paths();
  const bool all_there = std::all_of(paths.begin(), paths.end(), file_exists);
  const bool all_readable =
      std::all_of(paths.begin(), paths.end(), [](const std::string& path) {
        return ::access(path.c_str(), R_OK) == 0;
      });
  // build-index could not read them either.
  if (all_there && !all_readable)
    return say(fmt::format(
        "{}: similarities are approximate: let this user read the vectors",
        index.why_no_vectors()));
  say(fmt::format(
      "{}: similarities are approximate: {}", index.why_no_vectors(),
      all_there ? command("build-index") + " makes the index of them anew"
                : "move the vectors there, beside the index as they were, or "
                  "put a link to them there"));
}

}  // namespace imsearch::cli
