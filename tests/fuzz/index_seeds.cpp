// Writes what fuzz-index and fuzz-changes begin with, for the version of the
// index file that is being built:
//
//   index-seeds FOLDER
//
// into FOLDER/index and FOLDER/changes, which must be there.
#include "fuzz/packed_index.h"
#include "fuzz/small_index.h"
#include "index/append_few.h"
#include "index/deletions.h"
#include "index/index_changes.h"
#include "io/file.h"
#include "io/output_file.h"
#include "support/temp_dir.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace {

using namespace imsearch;
using namespace imsearch::test;

void write(const std::string& path, const std::string& bytes) {
  OutputFile out(path);
  out.write(bytes);
  out.commit();
}

/// Without its vectors, which it would look for where the fuzzer runs.
void write_index(const std::string& path, std::size_t rows, std::size_t dim,
                 const std::vector<std::uint32_t>& deleted) {
  const TempDir folder;
  write_small_vectors(folder / "v", rows, dim);
  build_small_index(folder / "v", dim, folder / "i");
  if (!deleted.empty()) delete_from_index(Index(folder / "i"), deleted);
  write(path, pack_index(read_file(folder / "i")));
}

/// An index to be changed.
struct Changed {
  Changed() {
    write_small_vectors(folder / "v", kChangedRows, kChangedDim);
    build_small_index(folder / "v", kChangedDim, folder / "i");
  }

  void append(std::size_t rows, const std::vector<std::uint32_t>& deleted,
              const std::string& prefix = "p") const {
    const Index index(folder / "i");
    write_small_vectors(folder / "v", index.rows() + rows, kChangedDim);
    const VectorSet vectors({folder / "v"}, kChangedDim);
    append_few(index, vectors, names(vectors.rows(), prefix), prefix != "p", 1,
               {}, deleted);
  }

  /// Shorter than those of the index.
  static Names names(std::size_t rows, const std::string& prefix) {
    Names all;
    for (std::size_t row = 0; row < rows; ++row)
      all.append(prefix + std::to_string(row));
    return all;
  }

  void write_to(const std::string& path) const {
    write(path, pack_index(read_file(changes_path(folder / "i"))));
  }

  TempDir folder;
};

void write_changes_seeds(const std::string& folder) {
  const Changed deleted;
  write_changes(Index(deleted.folder / "i"), {{2, 11, 1099}});
  deleted.write_to(folder + "deleted");
  const Changed appended;
  appended.append(15, {});  // with twins
  appended.write_to(folder + "appended");
  appended.append(3, {2, 1105});
  appended.write_to(folder + "appended_twice");
  const Changed renamed;
  renamed.append(1, {7}, "q");
  renamed.write_to(folder + "renamed");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const std::string folder = std::string(argv[1]) + "/";
  write_index(folder + "index/rows_40", 40, 8, {});
  write_index(folder + "index/deleted", 12, 3, {2, 11});
  write_index(folder + "index/one_row", 1, 1, {});
  write_index(folder + "index/empty", 0, 4, {});
  write_changes_seeds(folder + "changes/");
}
