// The images of a run as its list and the archives in it give them: files by
// their paths, members of archives with their bytes.
//
// An archive is read once, from front to back, by whichever decoder thread asks
// for the next image, within the memory of that thread's turn
// (io/memory_turn.h). What its images are is known only as they come; so the
// feed remembers where each one given out comes from until it has a row.
#pragma once

#include "extract/inputs.h"
#include "extract/job.h"
#include "extract/log.h"

#include "archive/archive_images.h"
#include "archive/member_cursor.h"
#include "embed/load_input.h"
#include "io/ledger.h"

#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

namespace imsearch {

class AppendTarget;

class ImageFeed {
 public:
  /// All must outlive it; `target` may be null.
  ImageFeed(const ExtractJob& job, const ImageList& images,
            AppendTarget* target);

  /// Leaves out what an earlier run has done. Before next().
  void go_on_behind(const OlderRun& older);

  /// The next image, nothing at the end; for run_pipeline(). An archive that is
  /// damaged is an image with a reason, behind those that came of it. Throws
  /// OutOfMemory, Interrupted.
  std::optional<PendingImage> next();
  /// Where the first image comes from that next() gave and this has not yet.
  /// Any thread.
  ImagePlace take_place();

  /// After the end: all archives that were read.
  const std::vector<ReadArchive>& archives() const { return archives_; }
  /// Images of archives that --append found there.
  std::size_t known() const { return known_; }
  /// After the end: says on standard error what archives had beside images.
  void tell_left_aside() const;

 private:
  std::optional<ArchivedImage> find_in_archive();
  std::optional<PendingImage> next_of_archive();
  std::optional<PendingImage> next_of_list();
  PendingImage archived(const ArchivedImage& found);
  bool end_archive(const std::string& reason, PendingImage& broken);
  void load_member(const MemberPath& path, PendingImage& image);
  std::string entry_name() const { return std::string(images_.names[entry_]); }

  const ExtractJob& job_;
  const ImageList& images_;
  AppendTarget* target_;
  MemberSieve sieve_;
  std::size_t entry_ = 0;  // of the list: the one that is read, or is next
  std::size_t done_ = 0;   // images of that entry that an earlier run did
  std::unique_ptr<ArchiveImages> archive_;  // that is read
  std::unique_ptr<MemberCursor> cursor_;    // of members that the list names
  std::unordered_set<std::string> unread_;  // members that could not be read,
  std::size_t unread_here_ = 0;             // and how many archive_ has
  std::unordered_set<std::string> bad_before_;  // images of an earlier run
  std::size_t known_ = 0;
  std::vector<ReadArchive> archives_;
  std::vector<std::string> empty_;  // archives without images

  std::mutex mutex_;
  std::deque<ImagePlace> places_;
};

}  // namespace imsearch
