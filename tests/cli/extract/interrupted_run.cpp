#include "cli/extract/interrupted_run.h"

#include "io/file.h"

#include <fmt/format.h>

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

namespace imsearch::test {

using Lines = std::vector<std::string>;

InterruptedRun::InterruptedRun(int images) {
  constexpr int kDifferent = 20;
  for (int i = 0; i < kDifferent; ++i)
    images_.write(fmt::format("{}.ppm", i), i % 10 == 9 ? "x" : pattern_ppm(i));
  std::string list;
  for (int i = 0; i < images; ++i)
    list += images_ / fmt::format("{}.ppm\n", i % kDifferent);
  images_.write("list", list);
  if (images == 0) return;
  REQUIRE(extract_in(whole_, arguments({"-q"})).status == 0);
}

const TempDir& InterruptedRun::fresh_folder() {
  folders_.push_back(std::make_unique<TempDir>());
  return *folders_.back();
}

Lines InterruptedRun::arguments(Lines more) const {
  more.insert(more.begin(), {"--files-from", images_ / "list"});
  return more;
}

RunResult InterruptedRun::stop_after_rows(const TempDir& dir, std::size_t rows,
                                          Lines arguments) const {
  constexpr std::size_t kRowBytes = 1280 * sizeof(float);
  RunOptions options = demo_in(dir);
  options.max_file_bytes = rows * kRowBytes + kRowBytes / 2;
  arguments.emplace_back("--resume");
  return extract_in(options, std::move(arguments));
}

RunResult InterruptedRun::stop_after_rows(const TempDir& dir,
                                          std::size_t rows) const {
  return stop_after_rows(dir, rows, arguments({}));
}

void InterruptedRun::check_whole(const TempDir& dir) const {
  for (const std::string& file : files_in(whole_.path())) {
    CAPTURE(file);
    REQUIRE(file_exists(dir / file));
    CHECK(read_file(dir / file) == read_file(whole_ / file));
  }
  for (const std::string& file : files_in(dir.path()))
    CHECK(file.find(".part") == std::string::npos);
}

void resize(const std::string& path, std::ptrdiff_t by) {
  const auto size =
      static_cast<std::ptrdiff_t>(std::filesystem::file_size(path));
  std::filesystem::resize_file(path, static_cast<std::uintmax_t>(size + by));
}

void overwrite(const std::string& path, std::size_t offset, std::size_t size) {
  REQUIRE(offset + size <= std::filesystem::file_size(path));
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(offset));
  file << std::string(size, '\0');
  REQUIRE(file.flush());
}

}  // namespace imsearch::test
