#include "cli/duplicates/photos.h"

#include "io/fnames.h"
#include "io/sidecar.h"

#include <doctest/doctest.h>

#include <cmath>
#include <sstream>

namespace imsearch::test {
namespace {

std::string bytes_of(const std::vector<float>& values) {
  return {reinterpret_cast<const char*>(values.data()),
          values.size() * sizeof(float)};
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);)
    parts.push_back(part);
  return parts;
}

}  // namespace

std::vector<float> feature_of(std::size_t subject, double turn) {
  // Subjects are at right angles to each other, and to where they turn.
  constexpr std::size_t kSubjects = Photos::kDim / 2;
  std::vector<float> feature(Photos::kDim);
  feature[subject % kSubjects] = static_cast<float>(std::cos(turn));
  feature[kSubjects + subject % kSubjects] = static_cast<float>(std::sin(turn));
  return feature;
}

void Photos::build(bool ledger, const std::vector<std::string>& options) {
  std::string vectors;
  std::string list;
  Names names;
  Ledger entries;
  for (const Photo& photo : photos_) {
    const std::string& content =
        photo.content.empty() ? photo.name : photo.content;
    const std::string file = dir_.write(photo.name, content);
    vectors += bytes_of(photo.feature);
    list += photo.name + '\0';
    names.append(photo.name);
    FileFacts facts = facts_of_file(file);
    if (photo.phash || photo.blank)
      facts.picture = {photo.width, photo.height, photo.phash};
    entries.rows.push_back({facts, false});
  }
  dir_.write("fvecs.bin", vectors);
  dir_.write("fnames.txt", list);
  if (ledger) write_ledger(dir_ / "fvecs.bin", entries, names);
  std::vector<std::string> command = {"build-index", "-q", "-0", "--dim",
                                      std::to_string(kDim)};
  command.insert(command.end(), options.begin(), options.end());
  const RunResult result = run(command);
  CAPTURE(result.err);
  REQUIRE(result.status == 0);
}

RunResult Photos::run(const std::vector<std::string>& arguments) const {
  RunOptions options;
  options.folder = dir_.path();
  return test::run(arguments, options);
}

std::vector<std::string> Photos::groups(
    std::vector<std::string> options) const {
  options.insert(options.begin(), {"duplicates", "--threshold", "0.9", "-q"});
  const RunResult result = run(options);
  CAPTURE(result.err);
  CHECK(result.status == 0);
  std::vector<std::string> lines;
  for (const std::string& line : split(result.out, '\n')) {
    const std::vector<std::string> fields = split(line, '\t');
    REQUIRE(fields.size() == 7);
    lines.push_back(fields[0] + " " + fields[1] + " " + fields[6]);
  }
  return lines;
}

std::vector<std::string> Photos::extras(
    std::vector<std::string> options) const {
  options.insert(options.begin(),
                 {"duplicates", "--threshold", "0.9", "-q", "--extras", "-0"});
  const RunResult result = run(options);
  CAPTURE(result.err);
  CHECK(result.status == 0);
  return split(result.out, '\0');
}

}  // namespace imsearch::test
