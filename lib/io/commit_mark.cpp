// The mark is an empty file: that it exists is all that it says, and creating
// or removing a name is the one thing that a file system does as a whole. Its
// name is synced before the first rename begins and after the last one is
// through.
#include "io/commit_mark.h"

#include "base/command.h"
#include "base/error.h"
#include "io/descriptor.h"
#include "io/file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace imsearch {
namespace {

/// All zeros where nothing can be said.
struct stat status_of(const std::string& path) {
  struct stat status = {};
  if (::stat(path.c_str(), &status) != 0) return {};
  return status;
}

/// A renamed file has another inode, one that was written in place another time
/// or size.
bool same_state(const struct stat& a, const struct stat& b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino &&
         a.st_size == b.st_size && a.st_mtim.tv_sec == b.st_mtim.tv_sec &&
         a.st_mtim.tv_nsec == b.st_mtim.tv_nsec;
}

}  // namespace

std::string commit_mark_path(const std::string& vectors) {
  return follow_links(vectors) + ".commit.part";
}

void set_commit_mark(const std::string& vectors) {
  const std::string path = commit_mark_path(vectors);
  // Without O_EXCL: a mark that a killed run left is taken over. O_NOFOLLOW: a
  // link of that name is not ours.
  constexpr int kFlags = O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW;
  const Descriptor mark(::open(path.c_str(), kFlags, 0666));
  if (!mark.valid() || ::fsync(mark.get()) != 0)
    fail("{}: {}", path, errno_text(errno));
  sync_folder_of(path);
}

void clear_commit_mark(const std::string& vectors) {
  const std::string path = commit_mark_path(vectors);
  if (::unlink(path.c_str()) != 0 && errno != ENOENT)
    fail("{}: {}", path, errno_text(errno));
  sync_folder_of(path);
}

SettledVectors::SettledVectors(std::string vectors)
    : path_(std::move(vectors)) {
  refuse_mark();
  status_ = status_of(path_);
}

void SettledVectors::refuse_mark() const {
  const std::string mark = commit_mark_path(path_);
  if (file_exists(mark))
    fail(
        "{}: extract has not finished putting its files in place ({} is "
        "there): run the same {} with --resume to finish ({} without)",
        path_, mark, command("extract"), command("extract --join"));
}

void SettledVectors::check() const {
  refuse_mark();
  if (!same_state(status_, status_of(path_)))
    fail("{}: replaced while it was being read: try again", path_);
}

}  // namespace imsearch
