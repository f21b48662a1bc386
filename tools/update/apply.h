// The steps of an update that other tools do: extract for images, build-index
// for the index.
#pragma once

#include "update/collection.h"
#include "update/plan.h"

#include <cstddef>
#include <string>
#include <vector>

namespace imsearch {

/// How extract is to be run.
struct ExtractRun {
  std::vector<std::string> model;  // options: which network
  std::vector<std::string> rules;  // and which members of archives
  unsigned threads = 0;
  bool quiet = false;
};

/// Extracts the images of a new collection. Throws Error, with extract's own
/// words on standard error before it.
void extract_all(const CollectionPaths& paths, const Names& images,
                 const ExtractRun& run);

/// Throws Error unless this run makes rows like those that are there, with
/// extract's own words before it.
void check_model(const CollectionPaths& paths, const Collection& collection,
                 const ExtractRun& run);

/// Adds those of `images` that have no row. Also takes off, or completes, what
/// a killed run of this has left.
void extract_more(const CollectionPaths& paths, const Names& images,
                  const ExtractRun& run);

/// Brings the index in step with the collection: grows it, marks and renames
/// rows; or builds it where there is none, where `anew`, or where most rows
/// have changed.
void follow_with_index(const CollectionPaths& paths,
                       const Collection& collection, bool anew,
                       const ExtractRun& run);

/// To be called before rows are left out of the collection: has the index learn
/// which of its deletions are those of rows that are gone, unless it has no
/// others. They are not to be kept with the rows that are then left.
void settle_deletions(const CollectionPaths& paths,
                      const Collection& collection, const ExtractRun& run);

}  // namespace imsearch
