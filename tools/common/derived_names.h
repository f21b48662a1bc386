// The names that extract takes beside those it is given.
#pragma once

#include <string>
#include <vector>

namespace imsearch {

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
