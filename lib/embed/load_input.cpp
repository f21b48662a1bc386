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
#include "image/pixel_grid.h"
#include "io/checksum.h"
#include "io/descriptor.h"
#include "io/file.h"
#include "io/memory.h"
#include "io/memory_turn.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <new>
#include <utility>
#include <vector>

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

/// Calls work(max_bytes) within the memory of `turn`, which grows where
/// needed. `turned`: a whole picture is turned, and is there twice.
template <typename Work>
void within(MemoryTurn& turn, bool turned, Work work) {
  std::uint64_t needed = 0;
  try {
    return work(turn.small_bytes());
  } catch (const NeedsMemory& e) {
    const std::uint64_t pixel_bytes = std::uint64_t{3} * e.width * e.height;
    needed = e.bytes;
    turn.grow(std::max(needed, turned ? 2 * pixel_bytes : 0),
              fmt::format("{} x {} pixels", e.width, e.height));
  }
  work(needed);
}

/// Decodes the whole picture, which the network's input is made of.
void load_whole(const std::string& bytes, const std::string& path,
                const Preprocessing& preprocessing, MemoryTurn& turn,
                float* input, FileFacts& facts) {
  const int orientation = preprocessing.exif ? exif_orientation(bytes) : 1;
  within(turn, orientation != 1, [&](std::uint64_t max_bytes) {
    const Image image = turn_upright(
        decode_image(bytes, path, preprocessing.reference(), max_bytes),
        orientation);
    facts.picture = {image.width, image.height, perceptual_hash(image)};
    preprocess(image, preprocessing, input);
  });
}

/// Decodes the pixels that the input and the hash are made of.
void load_picked(const std::string& bytes, const std::string& path,
                 const Preprocessing& preprocessing, MemoryTurn& turn,
                 float* input, FileFacts& facts) {
  const int orientation = preprocessing.exif ? exif_orientation(bytes) : 1;
  const bool on_its_side = is_on_its_side(orientation);
  const auto choose = [&](std::size_t width, std::size_t height) {
    std::size_t upright_width = width;
    std::size_t upright_height = height;
    if (on_its_side) std::swap(upright_width, upright_height);
    std::vector<PixelGrid> grids = {
        *preprocess_grid(upright_width, upright_height, preprocessing),
        hash_grid(upright_width, upright_height)};
    for (PixelGrid& grid : grids)
      grid = as_stored(grid, width, height, orientation);
    return grids;
  };
  within(turn, false, [&](std::uint64_t max_bytes) {
    PickedPicture picture =
        pick_image(bytes, path, preprocessing.reference(), max_bytes, choose);
    if (on_its_side) std::swap(picture.width, picture.height);
    for (Image& part : picture.parts)
      part = turn_upright(std::move(part), orientation);
    facts.picture = {
        picture.width, picture.height,
        perceptual_hash(picture.parts[1], picture.width, picture.height)};
    preprocess_picked(picture.parts[0], picture.width, picture.height,
                      preprocessing, input);
  });
}

/// A file, or a member of an archive, by its path.
MemberContent read_image(const std::string& path, MemoryTurn& turn,
                         FileFacts& facts) {
  // Only what the system says is no file is looked for in an archive.
  if (!file_exists(path)) {
    if (const auto member = member_path(path)) {
      MemberContent content;
      MemberCursor cursor(member->archive);
      try {
        cursor.read(member->member, turn, content);
      } catch (const Error&) {
        facts = content.facts;
        throw;
      }
      return content;
    }
  }
  // The time is that from before it was read: a change meanwhile is one that a
  // later run must notice.
  const FileFacts before = image_file_facts(path);
  turn.grow(before.bytes, "its file");
  return {read_image_file(path, static_cast<std::size_t>(before.bytes)),
          before};
}

void decode(const MemberContent& content, const std::string& path,
            const Preprocessing& preprocessing, MemoryTurn& turn, float* input,
            FileFacts& facts) {
  const std::string& bytes = content.bytes;
  ContentHash hash;
  hash.add(bytes.data(), bytes.size());
  facts = {true, bytes.size(), content.facts.modified_ns, hash.value()};
  const auto load =
      preprocess_grid(1, 1, preprocessing) ? load_picked : load_whole;
  load(bytes, path, preprocessing, turn, input, facts);
}

}  // namespace

void load_input(const std::string& path, const Preprocessing& preprocessing,
                float* input) {
  FileFacts unused;
  load_input(path, preprocessing, input, unused);
}

void load_input(const std::string& path, const Preprocessing& preprocessing,
                float* input, FileFacts& facts) {
  PendingImage image;
  image.path = path;
  load_input(std::move(image), preprocessing, input, facts);
}

void load_input(PendingImage image, const Preprocessing& preprocessing,
                float* input, FileFacts& facts) {
  facts = image.content ? image.content->facts : FileFacts();
  if (!image.reason.empty()) throw Error(image.reason);
  if (!image.turn) image.turn = std::make_unique<MemoryTurn>();
  const auto load = [&] {
    if (image.content)
      decode(*image.content, image.path, preprocessing, *image.turn, input,
             facts);
    else
      decode(read_image(image.path, *image.turn, facts), image.path,
             preprocessing, *image.turn, input, facts);
  };
  try {
    return load();
  } catch (const std::bad_alloc&) {
    // A passing lack of memory is not the image's fault: it is tried once more
    // when nothing else is decoded. Not within this handler, since what the
    // exception holds is to be freed first.
  }
  image.turn->be_alone();
  try {
    load();
  } catch (const std::bad_alloc&) {
    throw OutOfMemory(
        fmt::format("the system refused memory for it, {} MB available now",
                    available_memory_bytes() / 1'000'000));
  }
}

}  // namespace imsearch
