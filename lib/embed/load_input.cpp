#include "embed/load_input.h"

#include "base/error.h"
#include "image/decode.h"
#include "image/exif.h"
#include "io/file.h"
#include "io/folder.h"

#include <sys/stat.h>

#include <cerrno>
#include <mutex>
#include <new>
#include <utility>

namespace imsearch {
namespace {

/// More than these, in a file or as pixels, wait for their turn.
constexpr std::size_t kLargeFileBytes = std::size_t{32} * 1000 * 1000;
constexpr std::size_t kLargePixelBytes = std::size_t{48} * 1000 * 1000;

/// Bytes of an image file. What is not a regular file could block or never end.
std::size_t image_file_size(const std::string& path) {
  struct stat status = {};
  if (::stat(path.c_str(), &status) != 0) fail("{}", errno_text(errno));
  if (S_ISDIR(status.st_mode)) {
    const int error_number = Folder(path).error_number;
    if (error_number != 0)
      fail("a directory that cannot be read: {}", errno_text(error_number));
    fail("a directory, not an image");
  }
  if (!S_ISREG(status.st_mode)) fail("not a regular file");
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size > kMaxImageFileBytes)
    fail("a file of {} MB, at most {} MB are allowed", size / 1'000'000,
         kMaxImageFileBytes / 1'000'000);
  return size;
}

/// Throws TooManyPixels if it has more than `max_pixel_bytes`.
Image load_image(const std::string& bytes, const std::string& path,
                 const Preprocessing& preprocessing,
                 std::size_t max_pixel_bytes) {
  Image image =
      decode_image(bytes, path, preprocessing.reference(), max_pixel_bytes);
  if (!preprocessing.exif) return image;
  return turn_upright(std::move(image), exif_orientation(bytes));
}

void load(const std::string& path, const Preprocessing& preprocessing,
          float* input) {
  static std::mutex one_large_image;
  std::unique_lock<std::mutex> turn(one_large_image, std::defer_lock);
  if (image_file_size(path) > kLargeFileBytes) turn.lock();
  // "-" would be standard input; a file that grows must not go on for ever.
  const std::string bytes =
      read_prefix(path == "-" ? "./-" : path, kMaxImageFileBytes);
  try {
    preprocess(load_image(bytes, path, preprocessing, kLargePixelBytes),
               preprocessing, input);
  } catch (const TooManyPixels&) {
    if (!turn.owns_lock()) turn.lock();
    preprocess(load_image(bytes, path, preprocessing, kMaxPixelBytes),
               preprocessing, input);
  }
}

/// `text` without a leading "path: ", since the caller knows the path.
std::string without_path(const std::string& text, const std::string& path) {
  const std::string prefix = path + ": ";
  return text.compare(0, prefix.size(), prefix) == 0
             ? text.substr(prefix.size())
             : text;
}

}  // namespace

void load_input(const std::string& path, const Preprocessing& preprocessing,
                float* input) {
  try {
    load(path, preprocessing, input);
  } catch (const Interrupted&) {
    throw;
  } catch (const Error& e) {
    throw Error(without_path(e.what(), path));
  } catch (const std::bad_alloc&) {
    fail("out of memory");
  }
}

}  // namespace imsearch
