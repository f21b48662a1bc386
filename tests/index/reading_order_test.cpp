// An index that memory has no room for: which of its pages the system is told
// to read ahead.
#include "index/index.h"
#include "index/sample.h"
#include "index/searcher.h"
#include "support/contains.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <string>

using namespace imsearch;
using namespace imsearch::test;

namespace {

constexpr std::size_t kRows = 3000;
constexpr std::size_t kDim = 256;

/// Whether the system reads pages of a mapping of this file one by one: "rr" in
/// its line "VmFlags:" of /proc/self/smaps (proc(5)).
bool is_scattered(const std::string& path) {
  std::ifstream maps("/proc/self/smaps");
  bool is_its = false;
  for (std::string line; std::getline(maps, line);) {
    const bool is_head = line.find('-') < line.find(' ');
    if (is_head) is_its = contains(line, path);
    if (is_its && line.rfind("VmFlags:", 0) == 0 && contains(line, " rr "))
      return true;
  }
  return false;
}

/// Leaves the process so many bytes of data. Mapped files are not among them.
void leave(std::uint64_t bytes) {
  std::uint64_t data_kb = 0;
  std::ifstream status("/proc/self/status");
  for (std::string key; status >> key;)
    if (key == "VmData:") status >> data_kb;
  const rlimit limit = {data_kb * 1024 + bytes, RLIM_INFINITY};
  if (::setrlimit(RLIMIT_DATA, &limit) != 0) std::_Exit(9);
}

/// Bits of what is expected to be read here and there, after a walk and then
/// after a scan: index, vectors, index, vectors.
int reading(const Sample& sample, std::uint64_t bytes_left) {
  leave(bytes_left);
  const Index index(sample.index_path);
  if (is_scattered(sample.index_path) || is_scattered(sample.vectors_path))
    return 64;
  std::vector<float> unit(kDim);
  index.read_unit(7, unit.data());
  Searcher searcher(index);
  SearchParams params;
  params.k = 10;
  params.ef = 32;
  int result = 0;
  const auto add = [&] {
    result = 4 * result + 2 * (is_scattered(sample.index_path) ? 1 : 0) +
             (is_scattered(sample.vectors_path) ? 1 : 0);
  };
  if (searcher.search(unit.data(), params).front().row != 7) return 65;
  add();
  if (searcher.search_exactly(unit.data(), 10).front().row != 7) return 66;
  add();
  return result;
}

int in_a_child(const Sample& sample, std::uint64_t bytes_left) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(reading(sample, bytes_left));
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

TEST_SUITE("index") {
  TEST_CASE("walks beyond memory read page by page, scans in order") {
    const Sample sample(rows_with(kRows, kDim, 5), {16, 64, 100}, 1);
    const auto size = [](const std::string& path) {
      return static_cast<std::uint64_t>(
          std::ifstream(path, std::ios::binary | std::ios::ate).tellg());
    };
    const std::uint64_t index_bytes = size(sample.index_path);
    const std::uint64_t vectors_bytes = size(sample.vectors_path);
    CHECK(in_a_child(sample, index_bytes * 3 / 4) == 0b1101);
    CHECK(in_a_child(sample, index_bytes + vectors_bytes / 2) == 0b0101);
    CHECK(in_a_child(sample, index_bytes + vectors_bytes * 2) == 0b0000);
  }
}
