// load-inputs ROUNDS <paths
//
// Makes the network's input of each photo that standard input names, in one
// thread, and prints the CPU time of a photo in milliseconds: the median of
// ROUNDS rounds over all of them. Pixels are squashed to 224 x 224 as Keras's
// models take them.
#include "base/error.h"
#include "embed/load_input.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstddef>
#include <ctime>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

namespace {

double cpu_ms() {
  timespec now = {};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 +
         static_cast<double>(now.tv_nsec) / 1e6;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace imsearch;
  try {
    if (argc != 2) fail("usage: load-inputs ROUNDS <paths");
    std::vector<std::string> paths;
    for (std::string path; std::getline(std::cin, path);) paths.push_back(path);
    if (paths.empty()) fail("no paths on standard input");
    const Preprocessing preprocessing;
    std::vector<float> input(preprocessing.input_floats());
    std::vector<double> rounds(std::max<std::size_t>(1, std::stoul(argv[1])));
    for (double& round : rounds) {
      const double began = cpu_ms();
      for (const std::string& path : paths)
        load_input(path, preprocessing, input.data());
      round = (cpu_ms() - began) / static_cast<double>(paths.size());
    }
    std::sort(rounds.begin(), rounds.end());
    fmt::print("{:.2f}\n", rounds[rounds.size() / 2]);
  } catch (const std::exception& e) {
    fmt::print(stderr, "load-inputs: {}\n", e.what());
    return 1;
  }
  return 0;
}
