// Rows that no search finds any more: marking them in a finished index, and
// what stays marked when an index is built anew over that one.
#pragma once

#include "index/index.h"
#include "index/vector_set.h"
#include "io/fnames.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace imsearch {

/// Marks these rows as deleted, too, unless all are: in its changes, at a cost
/// of what is deleted; or by a new file, where the index is small, and must
/// have been verified. Throws Error, Interrupted.
void delete_from_index(const Index& index,
                       const std::vector<std::uint32_t>& rows);

/// Does that with rows whose images are gone, and records it in
/// IndexInfo::gone: `gone`, rising.
void mark_gone(const Index& index, const std::vector<std::uint32_t>& gone);

/// Does that, and calls the rows by `names`, one for each.
void revise_index(const Index& index, const Names& names,
                  const std::vector<std::uint32_t>& gone);

/// Has searches find these rows again, rising, which IndexInfo::gone no longer
/// names then: their images have come back. Writes the index anew, which must
/// have been verified. Throws Error, Interrupted.
void bring_back(const Index& index, const std::vector<std::uint32_t>& rows);

/// Writes the index at `path` anew, with its changes in it, where these are
/// more than a share of it. Verifies it first. False where it was left as it
/// is. Throws Error, Interrupted.
bool take_in_changes(const std::string& path);

struct KeptDeletions {
  std::vector<std::uint32_t> rows;  // of the new index, rising
  /// Rows that are not deleted although their name is that of a deleted image,
  /// and of no other: their vectors differ, so that each is a new image of that
  /// name, or was made by another model.
  std::size_t changed = 0;
};

/// Compares the rows of a new index with those of `old`, whose content must
/// have been verified. Rows of it that are in `gone`, rising, do not count:
/// their ledger answered for them. A row stays deleted if `old` has a deleted
/// row of the same name and, as far as its codes tell, the same vector. If the
/// row of the same number is one with that name and vector, it alone decides;
/// otherwise no such row may be alive. Throws Error on NaN in a row;
/// Interrupted.
KeptDeletions kept_deletions(const Index& old, const VectorSet& vectors,
                             const Names& names,
                             const std::vector<std::uint32_t>& gone);

}  // namespace imsearch
