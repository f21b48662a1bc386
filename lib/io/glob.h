// Which images are meant: files, directories and patterns.
//
// Patterns follow Python's glob.glob(recursive=True): "**" for any depth, "*",
// "?", "[abc]", "[!abc]"; names that start with a dot are matched only by a
// pattern that does, symlinks to directories are followed. Unlike there, each
// pattern's matches come sorted by bytes, and a link that leads back to a
// folder above it is not entered again.
#pragma once

#include <string>
#include <vector>

namespace imsearch {

/// True if `text` has any of the characters * ? [
bool has_wildcards(const std::string& text);

/// What `pattern` matches, sorted by bytes; empty when nothing does. Unreadable
/// folders are passed over, as Python does.
std::vector<std::string> glob(const std::string& pattern);

/// The files under `folder`, at any depth, whose extension is that of an image
/// in any case (jpg jpeg jpe png bmp gif webp pnm ppm pgm pbm tga), sorted by
/// bytes, dot files passed over. A folder below that cannot be read is listed
/// itself: the reader of it reports it. Throws Error if `folder` cannot be
/// read.
std::vector<std::string> image_files(const std::string& folder);

/// All inputs in the order given: an existing file stays as it is, a directory
/// gives image_files(), anything else is a pattern. Throws Error for an
/// argument that names nothing. Directories that a pattern matches are passed
/// over.
std::vector<std::string> expand_inputs(const std::vector<std::string>& inputs);

}  // namespace imsearch
