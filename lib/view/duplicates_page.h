// A page of groups of duplicates, on which people choose what to keep.
#pragma once

#include "base/progress.h"

#include <cstddef>
#include <string>
#include <vector>

namespace imsearch {

struct PageDuplicate {
  std::string path;      // its file
  std::string name;      // bytes
  std::string relation;  // to the first, for people: "same bytes"; of it: empty
  float similarity = 1;  // to the first
};

/// The image to keep, then its duplicates.
using PageGroup = std::vector<PageDuplicate>;

/// Writes the page to `path`, whole or not at all, and gives how many pictures
/// are not there. Each group stands side by side with what differs marked: size
/// in pixels, bytes, date, proportions. The first of each is marked to be kept;
/// of the others the page gives the list, ended by NUL or as a script that
/// moves them to a folder. Throws Error: it cannot be written, or would replace
/// one of the pictures; OutOfMemory, Interrupted. `on_progress`: groups done.
std::size_t write_duplicates_page(const std::vector<PageGroup>& groups,
                                  const std::string& path,
                                  const OnProgress& on_progress = {});

}  // namespace imsearch
