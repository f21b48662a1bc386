// Which weights file is meant by a name on the command line, or by the SHA-256
// that an index records, and where such files lie.
#pragma once

#include <string>
#include <vector>

namespace imsearch {

/// The file that `wanted` means: "demo", "keras", "torchvision", a path; empty:
/// IMSEARCH_WEIGHTS, else demo. The demo weights are found beside the binary's
/// installation or in the source tree, fetched ones where fetch-weights.sh puts
/// them: ${XDG_DATA_HOME:-~/.local/share}/imsearch. Throws Error saying how to
/// get them.
std::string find_weights(const std::string& wanted);

/// Every weights file that find_weights() can name, and is there.
std::vector<std::string> known_weights();

struct WeightsFile {
  std::string path;
  std::string sha256;  // empty: not computed yet
};

/// The file whose SHA-256 is `sha256`, the one that an index records: the first
/// that has it of `recorded` (where it was, or empty), IMSEARCH_WEIGHTS and
/// known_weights(). `recorded` may come from anyone's index: only a regular
/// file with an absolute path is opened for it. Throws Error that lists where
/// it was looked for.
WeightsFile find_weights_of_model(const std::string& sha256,
                                  const std::string& recorded = "");

/// True for the bundled demonstration weights.
bool is_demo(const std::string& path);

}  // namespace imsearch
