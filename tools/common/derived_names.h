// The names of files that go together: of names beside vectors, and of what
// extract writes beside the files that it is given.
#pragma once

#include <string>
#include <vector>

namespace imsearch {

/// fnames.txt beside fvecs.bin, fnames.txt.3-of-8 beside fvecs.bin.3-of-8, and
/// so on. Throws Error for vectors of other names, with `remedy`, and those
/// that are not there.
std::string names_beside(
    const std::string& vectors,
    const std::string& remedy = "-n says where its names are");

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

/// The same for all files of two outputs of one run, which are told as -o and
/// -n.
void keep_vectors_and_names_apart(const std::string& vectors,
                                  const std::string& names);

}  // namespace imsearch
