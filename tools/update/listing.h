// All images that a collection should hold: files, and what is in archives.
//
// An archive that has the size and time that the ledger tells is not opened:
// its images are those that the ledger has. Any other is read through once for
// its members' names, sizes and times.
#pragma once

#include "update/collection.h"

#include "archive/member_cursor.h"
#include "io/fnames.h"
#include "io/glob.h"
#include "io/ledger.h"

#include <cstddef>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace imsearch {

struct Listing {
  Names images;
  /// Of images in archives, by number: as the archive tells them; not known
  /// where only the content can tell whether an image has changed.
  std::unordered_map<std::size_t, FileFacts> archived;
  std::vector<ReadArchive> archives;
  /// By name: those of `images` that are not images, but archives which cannot
  /// be read to their ends.
  std::unordered_set<std::string> damaged;
  /// By number: images whose archive or folder cannot be read now. They stay as
  /// they are.
  std::unordered_set<std::size_t> unreadable;

  bool is_archived(std::size_t image) const {
    return archived.count(image) != 0;
  }
  FileFacts archived_facts(std::size_t image) const {
    return archived.at(image);
  }
};

/// `collection`: by whose ledger archives are known; null: none is. `anew`: all
/// are read, whatever it says. Says on standard error what archives have beside
/// images, and which archives and folders cannot be read: what the collection
/// has of these stays. Throws Interrupted.
Listing list_members(const ExpandedInputs& files, const InputRules& rules,
                     const Collection* collection, bool anew, bool quiet);

bool same_archives(const std::vector<ReadArchive>& a,
                   const std::vector<ReadArchive>& b);

/// Facts with content. An archive is read once for images in its order. One
/// thread at a time.
class ContentReader {
 public:
  /// `listing` must outlive it.
  explicit ContentReader(const Listing& listing) : listing_(listing) {}

  /// Throws Error, Interrupted.
  FileFacts facts_of(std::size_t image);

 private:
  const Listing& listing_;
  std::unique_ptr<MemberCursor> cursor_;
};

}  // namespace imsearch
