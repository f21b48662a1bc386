// What becomes of each image on its way out: a row, or a bad image that is
// reported and listed. It counts both, shows progress, and says at the end or
// after a failure what stays.
#include "extract/row_writer.h"

#include "common/cli.h"

#include "base/error.h"
#include "base/progress.h"
#include "io/text.h"

#include <algorithm>

namespace imsearch {
namespace {

/// Bad images shown on stderr; the rest are in the list.
constexpr std::size_t kShownBad = 20;

}  // namespace

RowWriter::RowWriter(const ExtractJob& job, const ImageList& images,
                     std::size_t dim, ExtractOutput& output)
    : job_(job),
      names_(images.names),
      archives_(images.archives),
      dim_(dim),
      output_(output) {}

OlderRun RowWriter::start(const std::string& identity) {
  OlderRun older;
  // --resume reads all rows of the earlier run.
  progress_.emplace("looks at what an earlier run has done", 0, job_.quiet);
  if (job_.resume && (!job_.restart || output_.is_of_run(identity))) {
    older = output_.resume(identity, names_, dim_);
    take_over(older);
  } else {
    if (output_.has_older_parts())
      cli::say(
          "the parts of an earlier run are dropped: --resume would have "
          "gone on from them");
    output_.start(identity);
  }
  progress_.emplace("images", archives_.empty() ? names_.size() : 0, job_.quiet,
                    older_);
  return older;
}

void RowWriter::take_over(const OlderRun& older) {
  good_ = older.rows();
  if (archives_.empty())
    bad_ = older.bad();
  else
    for (std::size_t i = 0; i < older.images(); ++i)
      if (!older.good[i]) count_bad(older.places[i].name);
  older_ = done();
  // What --strict would have stopped at stops it now, too.
  if (job_.strict && older.bad() > 0) {
    const auto first = std::find(older.good.begin(), older.good.end(), false);
    const auto i = static_cast<std::size_t>(first - older.good.begin());
    throw Error(complaint(
        archives_.empty() ? std::string(names_[i]) : older.places[i].name,
        older.reasons.front()));
  }
  if (job_.quiet) return;
  if (older_ == 0)
    cli::say("nothing to go on from: this run starts at the first image");
  else
    cli::say(fmt::format("{}{} {} done by an earlier run", grouped(older_),
                         of_all(), older_ == 1 ? "was" : "were"));
}

/// " of 12 images", or " images" where it is not known of how many.
std::string RowWriter::of_all() const {
  return archives_.empty() ? " of " + counted(names_.size(), "image")
                           : std::string(done() == 1 ? " image" : " images");
}

void RowWriter::good(const ImagePlace& image, const float* feature,
                     const FileFacts& facts) {
  // Found out only now, but before the row is written: both files stay in step.
  if (!output_.can_hold(image.name))
    return bad(image, "a newline in its name: use --null", facts);
  output_.add(image, feature, dim_, facts);
  ++good_;
  progress_->update(done());
}

void RowWriter::bad(const ImagePlace& image, const std::string& reason,
                    const FileFacts& facts) {
  const std::string text = complaint(image.name, reason);
  if (job_.strict) throw Error(text);
  output_.add_bad(image, reason, facts);
  count_bad(image.name);
  ++complained_;
  progress_->update(done());
  // A folder of a million broken files must not fill the terminal.
  if (complained_ > kShownBad && !output_.bad_path().empty()) return;
  cli::say(text);
  if (complained_ == kShownBad && !output_.bad_path().empty())
    cli::say("further bad images are only listed, in " + output_.bad_path());
}

void RowWriter::count_bad(const std::string& name) {
  ++(archives_.count(name) == 0 ? bad_ : damaged_archives_);
}

std::string RowWriter::complaint(const std::string& name,
                                 const std::string& reason) {
  return escape_field(name) + ": " + reason;
}

std::string RowWriter::none_read() const {
  const bool of_images = bad_ > 0;
  const std::size_t count = of_images ? bad_ : damaged_archives_;
  const std::string noun = of_images ? "image" : "archive";
  return count == 1
             ? fmt::format("the {} could not be read", noun)
             : fmt::format("none of {} could be read", counted(count, noun));
}

void RowWriter::finish(Sidecar sidecar, std::size_t known) {
  progress_.reset();
  const cli::ProgressLine line("puts the files in place", 0, job_.quiet);
  if (good_ == 0 && !job_.shard) {
    output_.commit_bad();
    if (known > 0) return;
    if (bad_ + damaged_archives_ == 0)
      fail("{}: has no images", escape_field(names_[0]));
    fail("{}{}", none_read(),
         output_.bad_path().empty() ? "" : ": see " + output_.bad_path());
  }
  // The files of a shard are there even if empty, so that all can be joined.
  sidecar.rows = good_;
  output_.commit(sidecar);
  if (good_ == 0 && bad_ + damaged_archives_ > 0)
    fail("{}: the files of shard {} are empty", none_read(),
         job_.shard->text());
}

void RowWriter::say_what_stays() {
  progress_.reset();
  const std::string path = output_.kept_path();
  if (path.empty()) return;  // nothing is done, or it went into a pipe
  cli::say(fmt::format("{}{} {} done, in {}: --resume goes on from {}",
                       grouped(done()), of_all(), is_or_are(done()), path,
                       done() == 1 ? "it" : "them"));
}

}  // namespace imsearch
