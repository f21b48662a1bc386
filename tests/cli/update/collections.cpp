#include "cli/update/collections.h"

#include "io/ledger.h"

#include <doctest/doctest.h>

#include <filesystem>

namespace imsearch::test {

RunResult run_in(const TempDir& dir, const std::vector<std::string>& command) {
  return run(command, demo_in(dir));
}

void write_image(const TempDir& dir, const std::string& name, int seed) {
  dir.write(name, pattern_ppm(seed));
}

std::map<std::string, std::string> rows_by_name(const TempDir& dir) {
  const std::vector<std::string> names = lines_of(dir / "fnames.txt");
  const std::vector<std::string> rows = rows_of(dir / "fvecs.bin");
  const Ledger ledger = read_ledger(dir / "fvecs.bin", rows.size());
  REQUIRE(names.size() == rows.size());
  REQUIRE(ledger.rows.size() == rows.size());
  std::map<std::string, std::string> result;
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (!ledger.rows[i].gone) CHECK(result.emplace(names[i], rows[i]).second);
  return result;
}

void check_as_from_nothing(const TempDir& dir, const TempDir& fresh) {
  std::filesystem::create_symlink(dir / "p", fresh / "p");
  REQUIRE(run_in(fresh, {"extract", "-q", "p"}).status == 0);
  REQUIRE(run_in(fresh, {"build-index", "-q"}).status == 0);
  const auto rows = rows_by_name(dir);
  CHECK(rows == rows_by_name(fresh));
  for (const auto& entry : rows) {
    const std::string& name = entry.first;
    CAPTURE(name);
    const std::vector<std::string> ask = {"query", "--like", name, "-k", "100"};
    CHECK(run_in(dir, ask).out == run_in(fresh, ask).out);
  }
  CHECK(run_in(dir, {"build-index", "--verify"}).status == 0);
}

void check_as_from_nothing(const TempDir& dir) {
  const TempDir fresh;
  check_as_from_nothing(dir, fresh);
}

std::unique_ptr<TempDir> collection() {
  auto dir = std::make_unique<TempDir>();
  std::filesystem::create_directory(*dir / "p");
  for (int i = 0; i < 6; ++i)
    write_image(*dir, "p/" + std::to_string(i) + ".ppm", i);
  const RunResult result = run_in(*dir, {"update", "p"});
  CAPTURE(result.err);
  REQUIRE(result.status == 0);
  return dir;
}

std::vector<std::string> dry_run(const TempDir& dir,
                                 const std::vector<std::string>& options) {
  std::vector<std::string> command = {"update", "--dry-run"};
  command.insert(command.end(), options.begin(), options.end());
  const RunResult result = run_in(dir, command);
  CAPTURE(result.err);
  CHECK(result.status == 0);
  std::vector<std::string> lines;
  std::string_view text = result.out;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  return lines;
}

RunResult update(const TempDir& dir, const std::vector<std::string>& options) {
  std::vector<std::string> command = {"update"};
  command.insert(command.end(), options.begin(), options.end());
  RunResult result = run_in(dir, command);
  CAPTURE(result.err);
  CHECK(result.status == 0);
  return result;
}

}  // namespace imsearch::test
