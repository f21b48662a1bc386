// picked-pixels COUNT <paths
//
// Compares what is picked from images while they are decoded with what all of
// their pixels give: of the files that standard input names, in all eight
// orientations, and of COUNT random JPEG files. Prints what differs and how
// many were compared; exit status 1 if something differs.
#include "image/picked_pixels.h"

#include "base/error.h"
#include "image/jpeg_files.h"
#include "io/file.h"

#include <fmt/core.h>

#include <cstdint>
#include <cstdio>
#include <exception>
#include <iostream>
#include <string>

namespace {

using namespace imsearch;

std::string differ(const std::string& bytes, bool turned) {
  for (const Reference reference : {Reference::kTensorflow, Reference::kPillow})
    if (std::string wrong = test::picks_differ(bytes, reference);
        !wrong.empty())
      return wrong;
  for (int orientation = 1; orientation <= (turned ? 8 : 1); ++orientation)
    if (std::string wrong = test::inputs_differ(bytes, orientation);
        !wrong.empty())
      return fmt::format("orientation {}: {}", orientation, wrong);
  return "";
}

class Tally {
 public:
  void add(const std::string& name, const std::string& bytes, bool turned) {
    ++count_;
    const std::string wrong = differ(bytes, turned);
    if (wrong.empty()) return;
    ++wrong_;
    fmt::print("{}: {}\n", name, wrong);
  }
  int report() const {
    fmt::print("{} images, {} differ\n", count_, wrong_);
    return wrong_ == 0 && count_ > 0 ? 0 : 1;
  }

 private:
  int count_ = 0;
  int wrong_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc != 2) fail("usage: picked-pixels COUNT <paths");
    Tally tally;
    for (std::string path; std::getline(std::cin, path);)
      tally.add(path, read_file(path), true);
    constexpr std::size_t kMostPixels = 1500;  // a side
    for (std::uint64_t seed = 1000; seed < 1000 + std::stoull(argv[1]);
         ++seed) {
      const auto kind = test::random_kind(seed, kMostPixels);
      tally.add(fmt::format("random {}: {}", seed, kind.text()),
                test::jpeg_file(kind, seed), false);
    }
    return tally.report();
  } catch (const std::exception& e) {
    fmt::print(stderr, "picked-pixels: {}\n", e.what());
    return 1;
  }
}
