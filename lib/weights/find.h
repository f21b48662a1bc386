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

/// The file among find_weights("") and known_weights() whose SHA-256 is
/// `sha256`, the one an index records. Throws Error if there is none.
std::string find_weights_of_model(const std::string& sha256);

/// True for the bundled demonstration weights.
bool is_demo(const std::string& path);

}  // namespace imsearch
