// The names that the tools derive from each other, in one place: whoever adds a
// file beside vectors or names adds it here, and every tool keeps off it.
#include "common/file_names.h"

#include "common/cli.h"
#include "common/options.h"

#include "base/command.h"
#include "base/error.h"
#include "base/progress.h"
#include "io/commit_mark.h"
#include "io/file.h"
#include "io/ledger.h"
#include "io/own_mark.h"
#include "io/sidecar.h"

#include <algorithm>
#include <array>

namespace imsearch {
namespace {

/// Standard output, pipes and devices: nothing lies beside them.
bool is_written_directly(const std::string& path) {
  return path == "-" || (file_exists(path) && !is_regular_file(path));
}

/// Parts are beside what links lead to.
void add_with_part(std::vector<std::string>& files, const std::string& path) {
  files.push_back(path);
  files.push_back(follow_links(path) + ".part");
}

// Endings that promise a format: of pictures, pages, and files of vectors.
constexpr std::array<std::string_view, 29> kKnown = {
    "jpg",  "jpeg", "jpe",  "jfif",  "png",  "gif", "bmp",  "webp",
    "tif",  "tiff", "svg",  "pdf",   "ps",   "eps", "heic", "avif",
    "ppm",  "pnm",  "tga",  "html",  "npy",  "npz", "csv",  "fvecs",
    "fbin", "h5",   "json", "u8bin", "i8bin"};

template <typename Endings>
bool has(const Endings& endings, const std::string& ending) {
  return std::find(endings.begin(), endings.end(), ending) != endings.end();
}

}  // namespace

std::string names_beside(const std::string& vectors,
                         const std::string& remedy) {
  if (!file_exists(vectors)) fail_missing_vectors(vectors);
  const std::string_view usual = cli::kDefaultVectors;
  const std::size_t name_at = vectors.rfind('/') + 1;
  if (vectors.compare(name_at, usual.size(), usual) != 0)
    fail("{}: {}", vectors, remedy);
  return vectors.substr(0, name_at) + cli::kDefaultNames +
         vectors.substr(name_at + usual.size());
}

std::string other_vectors_of(const std::string& names,
                             const std::string& vectors) {
  const std::string_view usual = cli::kDefaultNames;
  const std::size_t name_at = names.rfind('/') + 1;
  if (!is_regular_file(names) ||
      names.compare(name_at, usual.size(), usual) != 0)
    return "";
  const std::string others = names.substr(0, name_at) + cli::kDefaultVectors +
                             names.substr(name_at + usual.size());
  if (!is_regular_file(others) || !file_exists(sidecar_path(others)) ||
      same_place(others, vectors))
    return "";
  return others;
}

void fail_names_of(const std::string& names, const std::string& others) {
  fail(
      "{}: the names of {}, which would be left without them: -n names another "
      "file",
      names, others);
}

void fail_name_count(const std::string& names, std::size_t count,
                     const std::string& vectors, std::size_t rows) {
  fail(
      "{}: {} for the {} of {}: -n says where theirs are, -0 reads names that "
      "end with NUL",
      names, counted(count, "name"), counted(rows, "row"), vectors);
}

void fail_missing_vectors(const std::string& vectors) {
  // Throws where extract was killed between its renames: that error has the
  // better remedy.
  const SettledVectors better_known(vectors);
  fail("{}: no such file: {} makes one, or name your own", vectors,
       command("extract"));
}

std::vector<std::string> files_of_vectors(const std::string& vectors) {
  std::vector<std::string> files;
  if (is_written_directly(vectors)) return files;
  add_with_part(files, vectors);
  add_with_part(files, sidecar_path(vectors));
  add_with_part(files, ledger_path(vectors));
  files.push_back(follow_links(vectors) + ".done.part");
  // A file of the mark's name would make every reader refuse the vectors.
  files.push_back(commit_mark_path(vectors));
  return files;
}

std::vector<std::string> files_of_names(const std::string& names) {
  std::vector<std::string> files;
  if (is_written_directly(names)) return files;
  add_with_part(files, names);
  add_with_part(files, names + ".bad.tsv");
  return files;
}

void keep_apart(const std::string& output,
                const std::vector<std::string>& files) {
  if (output.empty() || is_written_directly(output)) return;
  for (const std::string& file : files)
    // Also for files that are not there yet, which have no inode to compare.
    if (same_place(output, file))
      cli::fail_usage(
          "writing {}: {} is a file of extract: choose another name", output,
          file);
}

void keep_vectors_and_names_apart(const std::string& vectors,
                                  const std::string& names) {
  for (const std::string& of_vectors : files_of_vectors(vectors))
    for (const std::string& of_names : files_of_names(names))
      if (same_place(of_vectors, of_names))
        cli::fail_usage(
            "-o {} and -n {} would both write {}: choose another "
            "name for one",
            vectors, names, of_names);
}

bool cli::is_filled_file(const std::string& path) {
  return is_regular_file(path) && !read_prefix(path, 1).empty();
}

void cli::keep_unmarked(std::string_view option, const std::string& path,
                        std::string_view kind) {
  if (!is_filled_file(path) || has_own_mark(read_prefix(path, kMarkedWithin)))
    return;
  fail_usage(
      "{} {}: this file is there, and is not {} that imsearch made, as it has "
      "no mark of that (those of older versions have none): choose another "
      "name, or remove it",
      option, path, kind);
}

void cli::check_output_name(std::string_view option, const std::string& path,
                            std::string_view format,
                            std::initializer_list<std::string_view> endings) {
  // Only known endings are judged: a name may have any dot in it, as in
  // index.2024.
  const std::string ending = ending_of(path);
  if (has(kKnown, ending) && !has(endings, ending))
    fail_usage("{} {}: {} is written, and no .{}: let the name end in .{}",
               option, path, format, ending, *endings.begin());
}

}  // namespace imsearch
