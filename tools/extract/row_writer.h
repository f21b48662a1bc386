// What becomes of each image of one run of extract: files, messages, counts.
#pragma once

#include "common/progress_line.h"
#include "extract/inputs.h"
#include "extract/job.h"
#include "extract/output.h"

#include "io/fnames.h"
#include "io/sidecar.h"

#include <cstddef>
#include <optional>
#include <string>
#include <unordered_set>

namespace imsearch {

/// Images are reported in the order of `images.names`. Keeps references to all
/// that it is given. One thread at a time.
class RowWriter {
 public:
  RowWriter(const ExtractJob& job, const ImageList& images, std::size_t dim,
            ExtractOutput& output);

  /// Goes on from an earlier run's parts or drops them, as the job says, and
  /// says so. Gives what that run has done. Throws Error.
  OlderRun start(const std::string& identity);

  /// An image with a feature of dim floats. Throws Error on a failed write.
  void good(const ImagePlace& image, const float* feature,
            const FileFacts& facts);
  /// One without, or an archive that cannot be read to its end, which is not
  /// counted as an image. Throws Error if the job is strict, too.
  void bad(const ImagePlace& image, const std::string& reason,
           const FileFacts& facts);

  /// Makes the files appear, with `sidecar` and the number of rows. `known`:
  /// images that --append found there. Throws Error if no image was good, nor
  /// one there already.
  void finish(Sidecar sidecar, std::size_t known);

  /// After a failure: says what a later run can go on from, if anything.
  void say_what_stays();

  std::size_t good_count() const { return good_; }
  std::size_t bad_count() const { return bad_; }
  std::size_t damaged_archives() const { return damaged_archives_; }
  /// How many of all these an earlier run did.
  std::size_t older_count() const { return older_; }

 private:
  std::size_t done() const { return good_ + bad_; }
  static std::string complaint(const std::string& name,
                               const std::string& reason);
  std::string of_all() const;
  void count_bad(const std::string& name);
  std::string none_read() const;
  void take_over(const OlderRun& older);

  const ExtractJob& job_;
  const Names& names_;
  /// Among the names: how many images there are is not known where there are
  /// some.
  const std::unordered_set<std::string>& archives_;
  std::size_t dim_;
  ExtractOutput& output_;
  std::optional<cli::ProgressLine> progress_;
  std::size_t good_ = 0;
  std::size_t bad_ = 0;
  std::size_t damaged_archives_ = 0;
  std::size_t older_ = 0;
  std::size_t complained_ = 0;  // bad images of this run
};

}  // namespace imsearch
