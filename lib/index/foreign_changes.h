// A file of changes beside an index that it is not of.
//
// It counts for nothing. Where a process was killed between putting a new index
// in place and removing the changes of the old one, nothing is lost by that:
// they are in the new one. Where one of the two files was copied or put back
// without the other, deletions are, and the user is told.
#pragma once

#include "index/index.h"
#include "index/index_file.h"

namespace imsearch {

/// Whether changes of another index file say nothing that `index`, which lies
/// where that was, does not say: it was made of that file and its changes, and
/// the process was killed before it removed these.
bool are_taken_in(const IndexFile& foreign, const Index::Impl& index);

}  // namespace imsearch
