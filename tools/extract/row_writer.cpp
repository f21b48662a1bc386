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
      known_(images.known),
      dim_(dim),
      output_(output) {}

std::size_t RowWriter::start(const std::string& identity) {
  // --resume reads all rows of the earlier run.
  progress_.emplace("looks at what an earlier run has done", 0, job_.quiet);
  if (job_.resume && (!job_.restart || output_.is_of_run(identity))) {
    take_over(output_.resume(identity, names_, dim_));
  } else {
    if (output_.has_older_parts())
      cli::say(
          "the parts of an earlier run are dropped: --resume would have "
          "gone on from them");
    output_.start(identity);
  }
  progress_.emplace("images", names_.size(), job_.quiet, older_);
  return older_;
}

void RowWriter::take_over(const OlderRun& older) {
  older_ = older.images();
  good_ = older.rows();
  bad_ = older.bad();
  // What --strict would have stopped at stops it now, too.
  if (job_.strict && bad_ > 0) {
    const auto first = std::find(older.good.begin(), older.good.end(), false);
    throw Error(complaint(static_cast<std::size_t>(first - older.good.begin()),
                          older.reasons.front()));
  }
  if (job_.quiet) return;
  if (older_ == 0)
    cli::say("nothing to go on from: this run starts at the first image");
  else
    cli::say(fmt::format("{} of {} images were done by an earlier run",
                         grouped(older_), grouped(names_.size())));
}

void RowWriter::good(std::size_t i, const float* feature,
                     const FileFacts& facts) {
  // Found out only now, but before the row is written: both files stay in step.
  if (!output_.can_hold(names_[i]))
    return bad(i, "a newline in its name: use --null", facts);
  output_.add(names_[i], feature, dim_, facts);
  ++good_;
  progress_->update(done());
}

void RowWriter::bad(std::size_t i, const std::string& reason,
                    const FileFacts& facts) {
  const std::string text = complaint(i, reason);
  if (job_.strict) throw Error(text);
  output_.add_bad(names_[i], reason, facts);
  ++bad_;
  ++complained_;
  progress_->update(done());
  // A folder of a million broken files must not fill the terminal.
  if (complained_ > kShownBad && !output_.bad_path().empty()) return;
  cli::say(text);
  if (complained_ == kShownBad && !output_.bad_path().empty())
    cli::say("further bad images are only listed, in " + output_.bad_path());
}

std::string RowWriter::complaint(std::size_t i,
                                 const std::string& reason) const {
  return escape_field(names_[i]) + ": " + reason;
}

void RowWriter::finish(Sidecar sidecar) {
  progress_.reset();
  const cli::ProgressLine line("puts the files in place", 0, job_.quiet);
  if (good_ == 0 && !job_.shard) {
    output_.commit_bad();
    if (known_ > 0) return;
    fail("none of {} images could be read{}", bad_,
         output_.bad_path().empty() ? "" : ": see " + output_.bad_path());
  }
  // The files of a shard are there even if empty, so that all can be joined.
  sidecar.rows = good_;
  output_.commit(sidecar);
  if (good_ == 0 && bad_ > 0)
    fail("none of {} images could be read: the files of shard {} are empty",
         bad_, job_.shard->text());
}

void RowWriter::say_what_stays() {
  progress_.reset();
  const std::string path = output_.kept_path();
  if (path.empty()) return;  // nothing is done, or it went into a pipe
  cli::say(
      fmt::format("{} of {} images are done, in {}: --resume goes on from them",
                  grouped(done()), grouped(names_.size()), path));
}

}  // namespace imsearch
