#include "io/image_file.h"

#include "base/error.h"
#include "io/folder.h"

#include <sys/stat.h>

#include <cerrno>

namespace imsearch {

void check_image_bytes(std::uint64_t bytes) {
  if (bytes > kMaxImageFileBytes)
    fail("a file of {} MB, at most {} MB are allowed", bytes / 1'000'000,
         kMaxImageFileBytes / 1'000'000);
}

FileFacts image_file_facts(const std::string& path) {
  struct stat status = {};
  if (::stat(path.c_str(), &status) != 0) fail("{}", errno_text(errno));
  if (S_ISDIR(status.st_mode)) {
    const int error_number = Folder(path).error_number;
    if (error_number != 0)
      fail("a directory that cannot be read: {}", errno_text(error_number));
    fail("a directory, not an image");
  }
  if (!S_ISREG(status.st_mode)) fail("not a regular file");
  const FileFacts facts = facts_of_status(path);
  check_image_bytes(facts.bytes);
  return facts;
}

}  // namespace imsearch
