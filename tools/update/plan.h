// What has happened to the images of a collection since they were extracted.
//
// A file is compared with the row of its name by size and time. What differs,
// files without a row, and rows without a file are then matched by content: so
// a file that was only touched, moved, renamed, or swapped with another is
// known again, and no row is computed twice. So is one that comes back: rows
// that are gone stay in the vectors and take it up again.
#pragma once

#include "update/collection.h"
#include "update/listing.h"

#include "base/progress.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace imsearch {

struct PlanOptions {
  /// Of the list of names: an image in whose name it stands can have no row.
  Separator separator = Separator::kNewline;
  bool checksum = false;  // compare contents, whatever size and time say
  bool retry = false;     // try images again that were bad and are the same
  unsigned threads = 0;   // for asking about files; 0: all CPUs
};

/// A row that gets its image, under this name.
struct MovedImage {
  std::uint32_t row = 0;
  std::string name;
  FileFacts facts;
};

/// A row of which more is known now: its file was touched, or there was no
/// ledger.
struct RefreshedRow {
  std::uint32_t row = 0;
  FileFacts facts;
};

/// Everything in the order of the list of images, rows rising.
struct Plan {
  std::vector<std::string> added;    // to be extracted: images without a row,
  std::vector<std::string> changed;  // and those whose row is of older content
  /// Archives, not images, that extract is to tell what is wrong with.
  std::vector<std::string> damaged;
  std::vector<std::uint32_t> gone;  // rows whose images are not listed any more
  std::vector<std::uint32_t> replaced;  // old rows of `changed`
  std::vector<MovedImage> moved;
  std::vector<MovedImage> back;  // rows that were gone, with their content
  std::vector<RefreshedRow> refreshed;
  std::vector<std::string>
      forgotten;              // bad images that are not listed any more
  std::size_t still_bad = 0;  // and are not tried again
  /// Images that are listed, but may not be asked about: their rows stay as
  /// they are. And the first of them.
  std::size_t out_of_reach = 0;
  std::string first_out_of_reach;
  std::size_t kept = 0;  // rows that stay as they are

  /// Whether there is anything for extract to read.
  bool has_more() const {
    return !added.empty() || !changed.empty() || !damaged.empty();
  }
  /// Whether there is anything for a person to read about.
  bool empty() const {
    return !has_more() && gone.empty() && moved.empty() && back.empty();
  }
};

/// `listing`: all that the collection should hold; `on_progress` hears how many
/// of them were compared with their rows. Reads files where their content
/// decides. Throws Error, Interrupted.
Plan make_plan(const Collection& collection, const Listing& listing,
               const PlanOptions& options, const OnProgress& on_progress);

/// Enters the plan in the collection: all but what is to be extracted. Gives
/// whether names have changed.
bool enter(const Plan& plan, Collection& collection);

}  // namespace imsearch
