// The files that extract writes: vectors, names, sidecar, list of bad images.
#pragma once

#include "io/fnames.h"
#include "io/output_file.h"
#include "io/sidecar.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace imsearch {

/// All appear together or not at all; without commit() nothing is left and
/// older files stay. One thread at a time.
class ExtractOutput {
 public:
  /// Throws Error if a file cannot be created. Where vectors or names go to
  /// what is not a regular file, there is no sidecar, no list.
  ExtractOutput(const std::string& vectors, const std::string& names,
                Separator separator);

  /// One image: dim floats. Throws Error on a failed write.
  void add(std::string_view name, const float* feature, std::size_t dim);
  /// One image without a row, for the list.
  void add_bad(std::string_view name, const std::string& reason);

  /// Whether a name can stand in the names file.
  bool can_hold(std::string_view name) const;
  /// Where the bad images will be listed; empty: nowhere.
  std::string bad_path() const;

  /// Makes the files appear, the vectors last. The list of bad images is there
  /// only if there are any; an older one goes. Throws Error.
  void commit(const Sidecar& sidecar);
  /// Makes only the list of bad images appear.
  void commit_bad();

 private:
  OutputFile vectors_;
  OutputFile names_;
  std::string names_path_;
  Separator separator_;
  std::string bad_;  // the list's text
};

}  // namespace imsearch
