// Where the images of an index are, seen from the working folder.
#pragma once

#include "index/index.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace imsearch {

/// Names count from the folder of the vectors that they belong to; or, for all
/// of these vectors alike, from the working folder, where nothing is there by
/// any of the names: a single image that is gone is not looked for elsewhere,
/// where another may have its name. Immutable; any thread.
class ImagePaths {
 public:
  /// Looks for files until it finds one. Throws Interrupted.
  explicit ImagePaths(const Index& index);

  /// Whether an image is there by any name.
  bool any_there() const { return any_there_; }

  /// Which file of vectors a row is in.
  std::size_t source_of(std::uint32_t row) const;

  /// The path of a row's image, a file or one that leads into an archive. It
  /// may be gone.
  std::string path_of(std::uint32_t row, std::string_view name) const;

  /// The same for a name that the ledger of a file of vectors tells.
  std::string path_in(std::size_t source, std::string_view name) const;

 private:
  std::vector<std::size_t> ends_;     // of the rows of each file of vectors
  std::vector<std::string> folders_;  // of each; empty: the working folder
  bool any_there_ = false;
};

}  // namespace imsearch
