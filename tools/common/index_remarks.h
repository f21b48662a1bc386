// What the tools say on standard error of an index that they have opened, where
// something beside it is not as it should be.
#pragma once

#include "index/index.h"

namespace imsearch::cli {

/// Says where the file of changes beside the index is not of this index.
void say_foreign_changes(const Index& index);

/// Says, where the vectors are gone or have changed, that answers lack them and
/// how to get them back.
void say_missing_vectors(const Index& index);

}  // namespace imsearch::cli
