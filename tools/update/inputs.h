// The images of a collection as its record gives them: folders and files that
// are there, and what is in archives.
#pragma once

#include "update/collection.h"
#include "update/listing.h"
#include "update/options.h"
#include "update/record.h"

#include "io/fnames.h"

namespace imsearch {

/// Files, archives among them. `collection`: null where there is none yet. Says
/// on standard error what is left aside. Throws Error where a folder, or all
/// that a pattern named, is away, and --allow-empty is not given.
Names list_files(const UpdateOptions& opt, const UpdateRecord& record,
                 const Collection* collection);

/// Images, those in archives among them; of archives that have not changed, as
/// the collection has them. Throws Error as list_files().
Listing list_images(const UpdateOptions& opt, const UpdateRecord& record,
                    const Collection* collection);

/// Whether the last update had other rules: then other members of archives are
/// images, although no archive has changed.
bool has_other_rules(const UpdateOptions& opt, const UpdateRecord& record);

}  // namespace imsearch
