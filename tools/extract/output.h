// The files that extract writes: vectors, names, sidecar, ledger, list of bad
// images.
//
// Until they are whole, they are parts: fvecs.bin.part has the rows so far,
// fvecs.bin.done.part says of which images (log.h). These two are what
// a later run goes on from; names and bad images follow from them and the list
// of images, and are written anew.
#pragma once

#include "extract/log.h"

#include "io/fnames.h"
#include "io/ledger.h"
#include "io/output_file.h"
#include "io/sidecar.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace imsearch {

class AppendTarget;

/// Where images without a row are listed that belong to these names.
std::string bad_images_path(const std::string& names);

/// All files appear together or not at all, and older ones stay until then. If
/// the process is killed while they appear, a mark (io/commit_mark.h) stays,
/// which makes readers refuse them until resume() and commit(), or another
/// run's commit(). Without commit() the parts are kept if they hold an image,
/// and no file is left otherwise. One thread at a time.
class ExtractOutput {
 public:
  /// Throws Error if a file cannot be created, or if another process is writing
  /// it; parts that an earlier run left are as they were. Where vectors or
  /// names go to what is not a regular file, there is no sidecar, no list, and
  /// nothing is kept.
  ExtractOutput(const std::string& vectors, const std::string& names,
                Separator separator);

  /// Whether an earlier run left parts.
  bool has_older_parts() const;
  /// Which run they are of (run_identity.h); empty if that is not known.
  std::string older_identity() const;
  /// Whether resume() would take them for those of that run.
  bool is_of_run(const std::string& identity) const;

  /// commit() will add the rows to `target`, which outlives *this, instead of
  /// replacing files, and lines in the list of bad images stay but for those of
  /// `names`. Before start() or resume(); drops parts that were added before.
  void append_to(AppendTarget& target, const Names& names);

  /// Where nobody keeps a second run from writing the same parts, since the
  /// file system has no locks; else empty.
  std::string unlocked_path() const;

  /// Before start() or resume(): the list has archives, so the log says where
  /// images come from.
  void expect_archives();

  /// Drops such parts. `identity`: of this run (extract/identity.h). This or
  /// resume() is called once, before the rest.
  void start(const std::string& identity);
  /// Goes on behind the images that such parts have, which are the first of
  /// `names`, unless the log says where they come from; like start() where
  /// there are none. Only with regular files. Throws Error, leaving the parts
  /// alone, if they are of a run of another identity.
  OlderRun resume(const std::string& identity, const Names& names,
                  std::size_t dim);

  /// Instead of these two: for rows and bad images that come from other files
  /// and have no log. Drops older parts.
  void start_joined();
  void add_joined(std::string_view name, const float* row, std::size_t dim,
                  const LedgerRow& entry);
  void add_joined_bad(std::string_view list, const std::vector<BadImage>& bad);

  /// One image: dim floats. Throws Error on a failed write.
  void add(const ImagePlace& image, const float* feature, std::size_t dim,
           const FileFacts& facts);
  /// One image without a row, for the list.
  void add_bad(const ImagePlace& image, const std::string& reason,
               const FileFacts& facts);
  /// Enters them in the ledger.
  void add_archives(const std::vector<ReadArchive>& archives);

  /// Whether a name can stand in the names file.
  bool can_hold(std::string_view name) const;
  /// Where the bad images will be listed; empty: nowhere.
  std::string bad_path() const;
  /// The parts that will be kept if there is no commit(); empty: none.
  std::string kept_path() const;

  /// Makes the files appear, the vectors last. The list of bad images is there
  /// only if there are any; an older one goes. Throws Error.
  void commit(const Sidecar& sidecar);
  /// Makes only the list of bad images appear, and drops the parts.
  void commit_bad();

 private:
  OlderRun read_parts(const std::string& identity, std::size_t dim,
                      std::size_t max_images);
  void commit_append(const Sidecar& sidecar);
  void add_name(std::string_view name, const LedgerRow& entry);
  void list_bad(std::string_view name, const std::string& reason,
                const FileFacts& facts);
  /// The list of bad images, written and not yet there; none if there are no
  /// such images. The same of the sidecar.
  std::optional<OutputFile> finish_bad() const;
  std::optional<OutputFile> finish_sidecar(const Sidecar& sidecar) const;
  std::optional<OutputFile> finish_ledger() const;
  /// Makes that list appear, or an older one go.
  void publish_bad(std::optional<OutputFile>& list) const;

  OutputFile vectors_;
  OutputFile names_;
  std::optional<ExtractLog> log_;
  std::string names_path_;
  Separator separator_;
  std::string bad_;  // the list's text
  Ledger ledger_;    // of the images of this run
  Names row_names_;  // of the rows in it
  AppendTarget* target_ = nullptr;
  bool archives_ = false;   // in the list
  bool published_ = false;  // the earlier run died behind its last rename
};

}  // namespace imsearch
