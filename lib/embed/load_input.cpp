// One image from its path to the network's input: read, decoded, turned
// upright, preprocessed. An image that the decoder says needs much memory waits
// for its turn (io/memory_turn.h) and is then decoded anew.
#include "embed/load_input.h"

#include "base/error.h"
#include "image/decode.h"
#include "image/exif.h"
#include "io/file.h"
#include "io/folder.h"
#include "io/memory.h"
#include "io/memory_turn.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <new>

namespace imsearch {
namespace {

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

/// The image as the network is to see it, within the memory of `turn`, which
/// grows where needed.
Image load_image(const std::string& bytes, const std::string& path,
                 const Preprocessing& preprocessing, MemoryTurn& turn) {
  const int orientation = preprocessing.exif ? exif_orientation(bytes) : 1;
  const auto decoded = [&](std::uint64_t max_bytes) {
    return turn_upright(
        decode_image(bytes, path, preprocessing.reference(), max_bytes),
        orientation);
  };
  try {
    return decoded(turn.small_bytes());
  } catch (const NeedsMemory& e) {
    // Turned, it is there twice.
    const std::uint64_t pixel_bytes = std::uint64_t{3} * e.width * e.height;
    turn.grow(std::max(e.bytes, orientation == 1 ? 0 : 2 * pixel_bytes),
              fmt::format("{} x {} pixels", e.width, e.height));
    return decoded(e.bytes);
  }
}

void load(const std::string& path, const Preprocessing& preprocessing,
          MemoryTurn& turn, float* input) {
  const std::size_t size = image_file_size(path);
  turn.grow(size, "its file");
  // "-" would be standard input; a file that grows must not go on for ever.
  const std::string bytes =
      read_prefix(path == "-" ? "./-" : path, kMaxImageFileBytes, size);
  preprocess(load_image(bytes, path, preprocessing, turn), preprocessing,
             input);
}

/// A passing lack of memory is not the image's fault: it is tried once more
/// when nothing else is decoded.
void load_patiently(const std::string& path, const Preprocessing& preprocessing,
                    float* input) {
  MemoryTurn turn;
  try {
    return load(path, preprocessing, turn, input);
  } catch (const std::bad_alloc&) {
    // Outside this handler: what it holds is to be freed first.
  }
  turn.be_alone();
  try {
    load(path, preprocessing, turn, input);
  } catch (const std::bad_alloc&) {
    throw OutOfMemory(
        fmt::format("the system refused memory for it, {} MB available now",
                    available_memory_bytes() / 1'000'000));
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
    load_patiently(path, preprocessing, input);
  } catch (const Interrupted&) {
    throw;
  } catch (const OutOfMemory&) {
    throw;
  } catch (const Error& e) {
    throw Error(without_path(e.what(), path));
  }
}

}  // namespace imsearch
