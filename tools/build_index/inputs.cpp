// Vectors, the names of their rows and what made them, opened together and
// compared: a mix-up here would give every image another one's name. Then what
// an index of them takes is said, before hours of work end for want of memory
// or disk.
#include "build_index/inputs.h"

#include "common/cli.h"
#include "common/file_names.h"
#include "common/names_list.h"

#include "base/progress.h"
#include "io/described_vectors.h"
#include "io/file.h"
#include "io/ledger.h"
#include "io/memory.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <utility>

namespace imsearch {
namespace {

void check_inputs_exist(const std::vector<std::string>& vectors,
                        const std::vector<std::string>& names) {
  for (const std::string& path : vectors)
    if (!file_exists(path)) fail_missing_vectors(path);
  for (const std::string& path : names)
    if (path != "-" && !file_exists(path))
      fail("{}: no such file: -n says where the names are", path);
}

/// All names, one file after the other, each as long as its vectors.
Names read_all_names(const std::vector<std::string>& paths,
                     const VectorSet& vectors, Separator separator) {
  Names all;
  for (std::size_t f = 0; f < paths.size(); ++f) {
    Names names = read_list(paths[f], separator);
    const VectorFile& file = vectors.files()[f];
    if (names.size() != file.rows())
      fail_name_count(paths[f], names.size(), file.path(), file.rows());
    // Without a copy, which would double the memory of a million names.
    if (paths.size() == 1) return names;
    for (std::size_t i = 0; i < names.size(); ++i) all.append(names[i]);
  }
  return all;
}

void read_ledgers(IndexInputs& inputs,
                  const std::vector<std::string>& names_paths) {
  inputs.has_ledger = true;
  std::size_t first = 0;
  for (std::size_t f = 0; f < names_paths.size(); ++f) {
    const VectorFile& file = inputs.vectors.files()[f];
    const std::string path = follow_links(file.path());
    inputs.has_ledger = inputs.has_ledger && file_exists(ledger_path(path));
    const auto name_of = [&](std::size_t row) {
      return inputs.names[first + row];
    };
    for (const std::uint32_t row : gone_rows(
             read_ledger_of_names(path, file.rows(), name_of, names_paths[f])))
      inputs.gone.push_back(static_cast<std::uint32_t>(first + row));
    first += file.rows();
  }
}

/// "1.3 GB", of a whole number of bytes.
std::string size_text(std::uint64_t bytes) {
  return human_bytes(static_cast<double>(bytes));
}

}  // namespace

bool takes_disk(const std::string& path) {
  return path != "-" &&
         (!file_exists(path) || std::filesystem::is_regular_file(path));
}

IndexInputs open_index_inputs(const std::vector<std::string>& vectors,
                              const std::vector<std::string>& names,
                              std::size_t dim, Separator separator) {
  if (names.size() != vectors.size())
    cli::fail_usage("{} of names (-n) for {} of vectors",
                    counted(names.size(), "file"),
                    counted(vectors.size(), "file"));
  check_inputs_exist(vectors, names);
  DescribedVectors described(vectors, dim);
  VectorSet set(std::move(described.files()));
  Names all = read_all_names(names, set, separator);
  IndexInputs inputs = {std::move(set), std::move(all), described.model()};
  read_ledgers(inputs, names);
  // All this was read at several times: extract did not replace it in between.
  described.check_settled();
  return inputs;
}

void announce_build(const VectorSet& vectors, const BuildNeeds& needs,
                    const std::string& output, bool quiet) {
  // What cannot be told, or takes no disk, is not a limit.
  constexpr auto kNoLimit = std::numeric_limits<std::uint64_t>::max();
  // What is held already is no longer available, and is part of the needs.
  const std::uint64_t left = available_memory_bytes();
  const std::uint64_t memory =
      left + std::min(kNoLimit - left, needs.held_bytes);
  const std::uint64_t disk = takes_disk(output)
                                 ? free_disk_bytes(output).value_or(kNoLimit)
                                 : kNoLimit;
  const std::string free =
      disk == kNoLimit ? "" : " (" + size_text(disk) + " free)";
  if (!quiet)
    cli::say(
        fmt::format("{} of {} floats: needs {} of memory, {} bytes a row ({} "
                    "available), {} of disk{}, about {}",
                    counted(vectors.rows(), "row"), vectors.dim(),
                    size_text(needs.memory_bytes), grouped(needs.row_bytes),
                    size_text(memory), size_text(needs.disk_bytes), free,
                    human_duration(needs.seconds)));
  if (memory < needs.memory_bytes)
    fail("not enough memory: {} needed, {} available: a smaller -M needs less",
         size_text(needs.memory_bytes), size_text(memory));
  if (disk < needs.disk_bytes)
    fail("{}: not enough disk: {} needed, {} free: -o puts the index elsewhere",
         output, size_text(needs.disk_bytes), size_text(disk));
}

}  // namespace imsearch
