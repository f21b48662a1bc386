#include "cli/extract/files.h"

#include "io/file.h"
#include "io/fnames.h"

#include <algorithm>
#include <filesystem>

namespace imsearch::test {

std::string pattern_ppm(int seed) {
  constexpr int kWidth = 24;
  constexpr int kHeight = 16;
  std::string bytes = "P6\n24 16\n255\n";
  for (int y = 0; y < kHeight; ++y)
    for (int x = 0; x < kWidth; ++x)
      for (int c = 0; c < 3; ++c)
        bytes += static_cast<char>(
            (x * (seed + 3) + y * (7 + c * seed) + 31 * seed) % 256);
  return bytes;
}

RunOptions demo_in(const TempDir& dir) {
  RunOptions options;
  options.folder = dir.path();
  options.environment = {"IMSEARCH_WEIGHTS="};
  return options;
}

RunResult extract_in(const RunOptions& options,
                     std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "extract");
  return run(arguments, options);
}

RunResult extract_in(const TempDir& dir, std::vector<std::string> arguments) {
  return extract_in(demo_in(dir), std::move(arguments));
}

std::vector<std::string> lines_of(const std::string& path) {
  const Names names = read_names(path);
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < names.size(); ++i) lines.emplace_back(names[i]);
  return lines;
}

std::vector<std::string> rows_of(const std::string& path, std::size_t dim) {
  const std::string bytes = read_file(path);
  std::vector<std::string> rows;
  const std::size_t row_bytes = dim * sizeof(float);
  for (std::size_t at = 0; at < bytes.size(); at += row_bytes)
    rows.push_back(bytes.substr(at, row_bytes));
  return rows;
}

std::size_t part_rows(const TempDir& dir) {
  constexpr std::size_t kRowBytes = 1280 * sizeof(float);
  std::error_code none;
  const auto size = std::filesystem::file_size(dir / "fvecs.bin.part", none);
  return none ? 0 : size / kRowBytes;
}

std::vector<std::string> files_in(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace imsearch::test
