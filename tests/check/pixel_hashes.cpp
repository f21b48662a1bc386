// pixel-hashes tensorflow|pillow-N FOLDER <names
//
// For each name on standard input, an image in FOLDER, a line of
// tests/golden/images.tsv: name, size, and the hashes of the decoded, resized
// and preprocessed pixels; or name and "error". pillow-N: torchvision's
// preprocessing, the shorter side resized to N.
#include "image/pixel_hashes.h"

#include "base/error.h"
#include "io/file.h"

#include <fmt/core.h>

#include <cstdio>
#include <exception>
#include <iostream>
#include <string>

namespace {

using namespace imsearch;

Preprocessing preprocessing_of(const std::string& kind) {
  Preprocessing preprocessing;
  if (kind == "tensorflow") return preprocessing;
  const std::string prefix = "pillow-";
  if (kind.compare(0, prefix.size(), prefix) != 0)
    fail("{}: neither tensorflow nor pillow-N", kind);
  preprocessing.resize = Preprocessing::Resize::kCropPillow;
  preprocessing.scale = Preprocessing::Scale::kMeanStd;
  preprocessing.resize_to = std::stoul(kind.substr(prefix.size()));
  return preprocessing;
}

std::string line_of(const std::string& folder, const std::string& name,
                    const Preprocessing& preprocessing) {
  try {
    const auto hashes =
        test::hash_pixels(read_file(folder + "/" + name), name, preprocessing);
    return fmt::format("{}\t{}\t{}\t{}\t{}\n", name, hashes.size, hashes.rgb,
                       hashes.resized, hashes.input);
  } catch (const Error&) {
    return name + "\terror\n";
  }
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc != 3) fail("usage: pixel-hashes tensorflow|pillow-N FOLDER");
    const Preprocessing preprocessing = preprocessing_of(argv[1]);
    for (std::string name; std::getline(std::cin, name);)
      std::fputs(line_of(argv[2], name, preprocessing).c_str(), stdout);
  } catch (const std::exception& e) {
    fmt::print(stderr, "pixel-hashes: {}\n", e.what());
    return 1;
  }
  return 0;
}
