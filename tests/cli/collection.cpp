#include "cli/collection.h"

#include "base/error.h"
#include "io/file.h"
#include "io/sidecar.h"

#include <algorithm>
#include <filesystem>

namespace imsearch::test {

namespace {

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  for (;;) {
    const std::size_t end = text.find(separator, begin);
    parts.push_back(text.substr(begin, end - begin));
    if (end == std::string::npos) return parts;
    begin = end + 1;
  }
}

}  // namespace

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines = split(text, '\n');
  if (lines.back().empty()) lines.pop_back();
  return lines;
}

std::vector<std::string> fields_of(const std::string& line) {
  return split(line, '\t');
}

Collection::Collection(std::size_t rows, unsigned seed) {
  if (rows == 0) return;
  Sidecar sidecar;
  sidecar.dim = kDim;
  write("fvecs.bin", clustered_vectors(rows, kDim, seed));
  write("fvecs.bin.json", to_json(sidecar));
  write("fnames.txt", numbered_names(rows));
}

RunResult Collection::run(const std::vector<std::string>& args,
                          RunOptions options) const {
  options.folder = dir_.path();
  return test::run(args, options);
}

void Collection::build(const std::vector<std::string>& options) const {
  std::vector<std::string> args = {"build-index", "--quiet"};
  args.insert(args.end(), options.begin(), options.end());
  const RunResult result = run(args);
  if (result.status != 0) fail("build-index: {}", result.err);
}

std::string Collection::read(const std::string& name) const {
  return read_file(dir_ / name);
}

std::vector<std::string> Collection::files() const {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(dir_.path()))
    names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace imsearch::test
