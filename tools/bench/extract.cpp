// Runs extract as a user would, on the images and into a folder that goes
// again, and takes the figures from its --json. So decoding, the network and
// writing are measured together, as they compete for the CPUs.
#include "bench/extract.h"

#include "common/child_process.h"
#include "common/machine.h"

#include "base/error.h"
#include "io/json.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <string>

namespace imsearch {
namespace {

/// Under $TMPDIR; removed with all in it at the end, after a failure or a
/// signal as well.
class TemporaryFolder {
 public:
  TemporaryFolder()
      : path_((std::filesystem::temp_directory_path() / "imsearch-XXXXXX")
                  .string()) {
    if (::mkdtemp(path_.data()) == nullptr)
      fail("{}: {}", path_, errno_text(errno));
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

std::vector<std::string> extract_arguments(const BenchExtractParams& params,
                                           const TemporaryFolder& folder) {
  std::vector<std::string> arguments = {"--json"};
  // Whoever looks on sees its progress.
  if (params.quiet || ::isatty(STDERR_FILENO) != 1)
    arguments.emplace_back("--quiet");
  if (params.network)
    arguments.emplace_back("--time-network");
  else
    arguments.insert(arguments.end(), {"--output", folder.file("fvecs.bin"),
                                       "--names", folder.file("fnames.txt")});
  for (const std::string& argument : params.model.arguments())
    arguments.push_back(argument);
  if (params.threads != 0)
    arguments.push_back("--threads=" + std::to_string(params.threads));
  // An image may be called --json.
  arguments.emplace_back("--");
  arguments.insert(arguments.end(), params.images.begin(), params.images.end());
  return arguments;
}

}  // namespace

Report bench_extract(const BenchExtractParams& params) {
  const TemporaryFolder folder;
  const std::string text =
      run_tool("extract", extract_arguments(params, folder));
  const Report summary = parse_json_or_discard<Report>(text);
  if (!summary.is_object() || !summary.contains("seconds"))
    fail("extract --json: not a summary: {}", text);
  Report report = {{"cpu", cpu_model()}, {"build", build_type()}};
  report.update(summary);
  const double seconds = summary["seconds"];
  // By the images that became rows: extract's own rate counts bad ones, too.
  report["images_per_s"] =
      seconds > 0 ? summary.value("images", 0.0) / seconds : 0.0;
  return report;
}

}  // namespace imsearch
