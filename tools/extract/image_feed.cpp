#include "extract/image_feed.h"

#include "common/cli.h"
#include "extract/append.h"

#include "archive/archive_name.h"
#include "base/error.h"
#include "base/progress.h"
#include "io/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <new>
#include <utility>

namespace imsearch {
namespace {

/// Reads the bytes of a member in `read`, and what is wrong with it into
/// `image.reason`.
template <typename Read>
void read_pending(PendingImage& image, const Read& read) {
  image.turn = std::make_unique<MemoryTurn>();
  image.content.emplace();
  try {
    read();
    return;
  } catch (const Interrupted&) {
    throw;
  } catch (const OutOfMemory& e) {
    fail("{}: {}", escape_field(image.path), e.what());
  } catch (const std::bad_alloc&) {
    fail("{}: the system refused memory for it", escape_field(image.path));
  } catch (const Error& e) {
    image.reason = e.what();
  }
  // Nobody needs its turn, or part of its bytes.
  image.turn.reset();
  image.content->bytes = std::string();
}

}  // namespace

ImageFeed::ImageFeed(const ExtractJob& job, const ImageList& images,
                     AppendTarget* target)
    : job_(job), images_(images), target_(target), sieve_(rules_of(job)) {}

void ImageFeed::go_on_behind(const OlderRun& older) {
  const std::vector<ImagePlace>& places = older.places;
  entry_ = older.images();
  if (places.empty()) return;
  entry_ = places.back().entry;
  for (std::size_t i = 0; i < places.size(); ++i)
    if (!older.good[i]) bad_before_.insert(places[i].name);
  done_ = static_cast<std::size_t>(std::count_if(
      places.begin(), places.end(),
      [&](const ImagePlace& place) { return place.entry == entry_; }));
  // Whether an archive is at its end is known only when it is read again.
  std::size_t before = entry_;
  if (images_.archives.count(entry_name()) == 0) {
    ++entry_;
    done_ = 0;
    before = entry_;
  }
  for (std::size_t i = 0; i < before; ++i) {
    std::string name(images_.names[i]);
    if (images_.archives.count(name) == 0) continue;
    const FileFacts facts = facts_of_status(name);
    archives_.push_back({std::move(name), facts});
  }
}

std::optional<PendingImage> ImageFeed::next() {
  for (;;) {
    if (entry_ == images_.names.size()) return std::nullopt;
    const std::size_t entry = entry_;
    std::optional<PendingImage> image =
        images_.archives.empty() || images_.archives.count(entry_name()) == 0
            ? next_of_list()
            : next_of_archive();
    if (!image) continue;
    const std::lock_guard<std::mutex> lock(mutex_);
    places_.push_back({image->path, entry});
    return image;
  }
}

ImagePlace ImageFeed::take_place() {
  const std::lock_guard<std::mutex> lock(mutex_);
  ImagePlace place = std::move(places_.front());
  places_.pop_front();
  return place;
}

std::optional<PendingImage> ImageFeed::next_of_list() {
  PendingImage image;
  image.path = entry_name();
  ++entry_;
  if (const auto member = member_path_by_ending(image.path))
    load_member(*member, image);
  return image;
}

void ImageFeed::load_member(const MemberPath& path, PendingImage& image) {
  if (!cursor_ || cursor_->archive() != path.archive)
    cursor_ = std::make_unique<MemberCursor>(path.archive);
  read_pending(
      image, [&] { cursor_->read(path.member, *image.turn, *image.content); });
  if (!image.reason.empty()) unread_.insert(image.path);
}

/// The next image of the archive that has no row and no earlier run has done.
std::optional<ArchivedImage> ImageFeed::find_in_archive() {
  if (!archive_)
    archive_ = std::make_unique<ArchiveImages>(entry_name(), sieve_);
  while (std::optional<ArchivedImage> found = archive_->next()) {
    const bool known = target_ != nullptr && !target_->is_new(found->name);
    if (!known && done_ == 0) return found;
    if (known) ++known_;
    if (!known) --done_;
    if (unread_.count(found->name) != 0)
      ++unread_here_;
    else if (bad_before_.count(found->name) != 0)
      // Counts it if it is bad because it cannot be read.
      archived(*found);
  }
  return std::nullopt;
}

/// Nothing where the archive has none any more.
std::optional<PendingImage> ImageFeed::next_of_archive() {
  std::string reason;
  std::optional<ArchivedImage> found;
  try {
    found = find_in_archive();
  } catch (const Interrupted&) {
    throw;
  } catch (const Error& e) {
    reason = e.what();
  }
  if (found) return archived(*found);
  PendingImage broken;
  if (end_archive(reason, broken)) return broken;
  return std::nullopt;
}

PendingImage ImageFeed::archived(const ArchivedImage& found) {
  PendingImage image;
  image.path = found.name;
  image.reason = found.reason;
  if (image.reason.empty())
    read_pending(image,
                 [&] { image.content->bytes = archive_->read(*image.turn); });
  else
    image.content.emplace();
  image.content->facts = found.facts;
  if (!image.reason.empty()) ++unread_here_;
  return image;
}

/// Goes to the next entry. Where the archive is damaged, gives whether that is
/// still to be told, and fills `broken`.
bool ImageFeed::end_archive(const std::string& reason, PendingImage& broken) {
  std::string name = entry_name();
  const FileFacts facts = facts_of_status(name);
  if (reason.empty() && archive_->images() == 0) empty_.push_back(name);
  const std::size_t images = archive_ ? archive_->images() : 0;
  const std::size_t read = images - std::exchange(unread_here_, 0);
  archive_.reset();
  ++entry_;
  const bool told = std::exchange(done_, 0) > 0;
  archives_.push_back({name, facts});
  if (reason.empty() || told) return false;
  broken.path = std::move(name);
  broken.reason = reason;
  if (images > 0 && read == 0)
    broken.reason += ": no image before that could be read";
  if (read > 0)
    broken.reason += fmt::format(": only the {} before that {} read",
                                 counted(read, "image"), is_or_are(read));
  broken.content.emplace().facts = facts;
  return true;
}

void ImageFeed::tell_left_aside() const {
  for (const std::string& archive : empty_)
    cli::say(escape_field(archive) + ": no images in this archive");
  for (const std::string& warning : sieve_.warnings()) cli::say(warning);
  if (job_.quiet) return;
  for (const std::string& remark : sieve_.remarks()) cli::say(remark);
}

}  // namespace imsearch
