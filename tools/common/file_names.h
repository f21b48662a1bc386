// What names of files say: which files go together (names beside vectors, and
// all that extract writes beside the files that it is given), so that no output
// replaces one of them, and which format the ending of an output promises.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace imsearch {

/// fnames.txt beside fvecs.bin, fnames.txt.3-of-8 beside fvecs.bin.3-of-8, and
/// so on. Throws Error for vectors of other names, with `remedy`, and those
/// that are not there.
std::string names_beside(
    const std::string& vectors,
    const std::string& remedy = "-n says where its names are");

/// The other way round: the vectors that `names` belongs to by its name,
/// fvecs.bin for fnames.txt beside it, where a sidecar tells of their rows and
/// they are not `vectors`. Empty: none, or `names` is not there yet.
std::string other_vectors_of(const std::string& names,
                             const std::string& vectors);

/// Throws Error, with the remedy: `names` are those of `others`, which would
/// lose them.
[[noreturn]] void fail_names_of(const std::string& names,
                                const std::string& others);

/// Throws Error, with the remedy: as many names as rows are wanted.
[[noreturn]] void fail_name_count(const std::string& names, std::size_t count,
                                  const std::string& vectors, std::size_t rows);

/// Throws Error: no such file of vectors, and where to get one.
[[noreturn]] void fail_missing_vectors(const std::string& vectors);

/// `vectors`, and where its sidecar and all parts of both are.
std::vector<std::string> files_of_vectors(const std::string& vectors);

/// `names`, and where the list of bad images and all parts of both are.
std::vector<std::string> files_of_names(const std::string& names);

/// Throws UsageError if an output of that name, of whatever tool, would be one
/// of these files. Pipes, devices and standard output hurt nobody.
void keep_apart(const std::string& output,
                const std::vector<std::string>& files);

/// keep_apart() for all files of two outputs of one run, which messages call -o
/// and -n.
void keep_vectors_and_names_apart(const std::string& vectors,
                                  const std::string& names);

namespace cli {

/// True for a regular file that holds something, which an output would replace.
bool is_filled_file(const std::string& path);

/// Throws UsageError where `path`, given by `option`, is a file without the
/// mark of our own pictures and pages (io/own_mark.h): a photo, names, or
/// whatever a forgotten value let be taken for `kind`, "a page". An empty file
/// is taken, and so are pipes and devices.
void keep_unmarked(std::string_view option, const std::string& path,
                   std::string_view kind);

/// Throws UsageError where `path`, given by `option`, ends like the files of
/// another format than `format`, which is what is written: "--sheet x.png: a
/// JPEG is written, and no .png: let the name end in .jpg". `endings`: those of
/// the format, in lower case, the usual one first. An ending that no format is
/// known by is taken as it is, as is none at all; case does not count.
void check_output_name(std::string_view option, const std::string& path,
                       std::string_view format,
                       std::initializer_list<std::string_view> endings);

}  // namespace cli
}  // namespace imsearch
