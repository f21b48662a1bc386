// Groups of duplicates as they are shown.
#pragma once

#include "duplicates/finder.h"
#include "duplicates/library.h"

#include <vector>

namespace imsearch {

/// Most bytes first, then most extras, then by the name of the image to keep.
void sort_groups(const Library& library, std::vector<DuplicateGroup>& groups);

/// The paths of extras that are files, each ended by `end`: as programs take
/// them in the working folder. Throws Error, before any is printed, for one
/// that has `end` in it: its parts may be the names of files that are to stay.
void print_extras(const Library& library,
                  const std::vector<DuplicateGroup>& groups, char end);
/// A line an image, tab-separated: group, relation, similarity, bits, bytes,
/// width x height, name; "-" where something is not known.
void print_lines(const Library& library,
                 const std::vector<DuplicateGroup>& groups);
/// A JSON object a group.
void print_objects(const Library& library,
                   const std::vector<DuplicateGroup>& groups);

}  // namespace imsearch
