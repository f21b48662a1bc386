// Rows of an index may be those of several files of vectors, each with a ledger
// of its own: their rows follow each other as in the index.
#include "duplicates/library.h"

#include "common/index_remarks.h"

#include "base/command.h"
#include "base/error.h"
#include "io/commit_mark.h"
#include "io/file.h"

#include <algorithm>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace imsearch {
namespace {

Index open_index(const std::string& path) {
  if (!file_exists(path))
    fail("{}: no such file: {} makes one", path, command("build-index"));
  Index index(path);
  cli::say_foreign_changes(index);
  return index;
}

/// Vectors that were made anew after the index are not those in it.
void read_times(Library& library) {
  const FileFacts index = facts_of_status(library.index.path());
  for (const std::string& vectors : library.index.source_paths()) {
    const FileFacts facts = facts_of_status(vectors);
    std::int64_t made_ns = facts.known ? facts.modified_ns : index.modified_ns;
    if (library.index.vectors() == nullptr)
      made_ns = std::min(made_ns, index.modified_ns);
    library.made_ns.push_back(made_ns);
  }
}

void read_ledgers(Library& library) {
  const Index& index = library.index;
  if (index.vectors() == nullptr) {
    library.why_no_ledger = index.why_no_vectors();
    return;
  }
  std::size_t first = 0;
  const std::vector<std::string> paths = index.source_paths();
  for (std::size_t f = 0; f < paths.size(); ++f) {
    const std::string path = follow_links(paths[f]);
    const SettledVectors settled(path);
    const std::size_t rows = index.info().sources[f].rows;
    if (!file_exists(ledger_path(path)))
      library.why_no_ledger = ledger_path(path) + ": no such file";
    Ledger ledger = read_ledger(path, rows);
    for (std::size_t i = 0; i < ledger.rows.size(); ++i) {
      const std::size_t row = first + i;
      library.facts[row] = ledger.rows[i].facts;
      if (ledger.rows[i].gone) library.gone[row] = true;
      if (library.facts[row].picture.phash) ++library.hashed;
    }
    settled.check();
    for (const ReadArchive& archive : ledger.archives)
      library.archives.push_back(
          {library.paths.path_in(f, archive.name), archive.facts});
    first += rows;
  }
}

}  // namespace

Library open_library(const std::string& index_path) {
  Index index = open_index(index_path);
  ImagePaths paths(index);
  Library library = {std::move(index), std::move(paths), {}, {}, {}, "", 0, {}};
  const std::size_t rows = library.index.rows();
  library.facts.resize(rows);
  library.gone.resize(rows);
  for (std::uint32_t row = 0; row < rows; ++row)
    library.gone[row] = library.index.is_deleted(row);
  read_times(library);
  read_ledgers(library);
  return library;
}

std::vector<ImageMarks> marks_of(const Library& library) {
  std::vector<ImageMarks> marks(library.facts.size());
  std::vector<std::uint32_t> rows;
  for (std::uint32_t row = 0; row < marks.size(); ++row) {
    const PictureFacts& picture = library.facts[row].picture;
    marks[row].phash = picture.phash;
    marks[row].blank = picture.known() && !picture.phash;
    const FileFacts& facts = library.facts[row];
    if (facts.known && facts.content != FileFacts().content)
      rows.push_back(row);
  }
  const auto content = [&](std::uint32_t row) {
    const FileFacts& facts = library.facts[row];
    return std::tie(facts.content, facts.bytes);
  };
  std::sort(rows.begin(), rows.end(), [&](std::uint32_t a, std::uint32_t b) {
    return content(a) < content(b);
  });
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (i == 0 || content(rows[i]) != content(rows[i - 1])) ++number;
    marks[rows[i]].content = number;
  }
  return marks;
}

std::vector<std::uint32_t> folders_of(const Library& library) {
  std::unordered_map<std::string, std::uint32_t> numbers;
  std::vector<std::uint32_t> folders(library.facts.size());
  for (std::uint32_t row = 0; row < folders.size(); ++row) {
    const std::string path = library.path(row);
    // Nothing of a path without a slash.
    const std::string folder = path.substr(0, path.rfind('/') + 1);
    folders[row] =
        numbers.try_emplace(folder, static_cast<std::uint32_t>(numbers.size()))
            .first->second;
  }
  return folders;
}

}  // namespace imsearch
