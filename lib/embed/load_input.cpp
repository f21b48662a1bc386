// One image from its path to the network's input: read, decoded, turned
// upright, preprocessed. An image that the decoder says needs much memory waits
// for its turn (io/memory_turn.h) and is then decoded anew: most images are
// small, and nothing about an image's size is known before its header was read.
#include "embed/load_input.h"

#include "base/error.h"
#include "base/interrupt.h"
#include "image/decode.h"
#include "image/exif.h"
#include "image/perceptual_hash.h"
#include "io/checksum.h"
#include "io/descriptor.h"
#include "io/memory.h"
#include "io/memory_turn.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <new>

namespace imsearch {
namespace {

/// The bytes of a regular file, of which `size` are expected. The file is not
/// read by read_prefix(), whose errors name it: load_input() gives the reason
/// alone, since its callers list images by names of their own.
std::string read_image_file(const std::string& path, std::size_t size) {
  constexpr std::size_t kBlockBytes = std::size_t{1} << 20;
  const Descriptor file(
      ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.valid()) fail("{}", errno_text(errno));
  std::string bytes;
  // Its end is noticed by reading into one block more.
  bytes.reserve(size + kBlockBytes);
  // A file that grows meanwhile must not be read for ever.
  while (bytes.size() < kMaxImageFileBytes) {
    check_interrupt();
    const std::size_t old_size = bytes.size();
    bytes.resize(old_size + kBlockBytes);
    const ssize_t n = ::read(file.get(), &bytes[old_size], kBlockBytes);
    const int error_number = errno;
    bytes.resize(old_size + static_cast<std::size_t>(std::max<ssize_t>(n, 0)));
    if (n == 0) break;
    if (n < 0 && error_number != EINTR) fail("{}", errno_text(error_number));
  }
  return bytes;
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
          MemoryTurn& turn, float* input, FileFacts& facts) {
  const FileFacts before = image_file_facts(path);
  turn.grow(before.bytes, "its file");
  const std::string bytes =
      read_image_file(path, static_cast<std::size_t>(before.bytes));
  ContentHash hash;
  hash.add(bytes.data(), bytes.size());
  // The time is that from before it was read: a change meanwhile is one that a
  // later run must notice.
  facts = {true, bytes.size(), before.modified_ns, hash.value()};
  const Image image = load_image(bytes, path, preprocessing, turn);
  facts.picture = {image.width, image.height, perceptual_hash(image)};
  preprocess(image, preprocessing, input);
}

}  // namespace

void load_input(const std::string& path, const Preprocessing& preprocessing,
                float* input) {
  FileFacts unused;
  load_input(path, preprocessing, input, unused);
}

void load_input(const std::string& path, const Preprocessing& preprocessing,
                float* input, FileFacts& facts) {
  MemoryTurn turn;
  facts = FileFacts();
  try {
    return load(path, preprocessing, turn, input, facts);
  } catch (const std::bad_alloc&) {
    // A passing lack of memory is not the image's fault: it is tried once more
    // when nothing else is decoded. Not within this handler, since what the
    // exception holds is to be freed first.
  }
  turn.be_alone();
  try {
    load(path, preprocessing, turn, input, facts);
  } catch (const std::bad_alloc&) {
    throw OutOfMemory(
        fmt::format("the system refused memory for it, {} MB available now",
                    available_memory_bytes() / 1'000'000));
  }
}

}  // namespace imsearch
