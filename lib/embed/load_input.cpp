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
  // One byte more, by which its end is noticed.
  std::string bytes(std::min(size, kMaxImageFileBytes) + 1, '\0');
  std::size_t used = 0;
  // A file that grows meanwhile must not be read for ever.
  while (used < kMaxImageFileBytes) {
    check_interrupt();
    if (used == bytes.size()) bytes.resize(used + kBlockBytes);
    const ssize_t n = ::read(file.get(), &bytes[used],
                             std::min(bytes.size() - used, kBlockBytes));
    if (n == 0) break;
    if (n < 0 && errno != EINTR) fail("{}", errno_text(errno));
    used += static_cast<std::size_t>(std::max<ssize_t>(n, 0));
  }
  bytes.resize(used);
  return bytes;
}

/// Up to that many pixels, to choose among them takes longer than to make all.
constexpr std::size_t kSmallPixels = 1'000'000;

/// What input and hash read of a picture that is turned later: two grids, or
/// all where most of it is read.
std::vector<PixelGrid> grids_of(std::size_t width, std::size_t height,
                                int orientation,
                                const Preprocessing& preprocessing) {
  std::size_t upright_width = width;
  std::size_t upright_height = height;
  if (is_on_its_side(orientation)) std::swap(upright_width, upright_height);
  const auto input_grid =
      preprocess_grid(upright_width, upright_height, preprocessing);
  if (!input_grid || width * height <= kSmallPixels)
    return {whole_grid(width, height)};
  const PixelGrid hashed = hash_grid(upright_width, upright_height);
  return {as_stored(*input_grid, width, height, orientation),
          as_stored(hashed, width, height, orientation)};
}

/// The pixels that the network and the hash are to see, upright, within the
/// memory of `turn`, which grows where needed.
PickedPicture load_picture(const std::string& bytes, const std::string& path,
                           const Preprocessing& preprocessing,
                           MemoryTurn& turn) {
  const int orientation = preprocessing.exif ? exif_orientation(bytes) : 1;
  const auto decoded = [&](std::uint64_t max_bytes) {
    PickedPicture picture =
        pick_image(bytes, path, preprocessing.reference(), max_bytes,
                   [&](std::size_t width, std::size_t height) {
                     return grids_of(width, height, orientation, preprocessing);
                   });
    if (is_on_its_side(orientation)) std::swap(picture.width, picture.height);
    for (Image& part : picture.parts)
      part = turn_upright(std::move(part), orientation);
    return picture;
  };
  try {
    return decoded(turn.small_bytes());
  } catch (const NeedsMemory& e) {
    // Turned as a whole, it is there twice.
    const bool twice =
        orientation != 1 && !preprocess_grid(1, 1, preprocessing);
    const std::uint64_t pixel_bytes = std::uint64_t{3} * e.width * e.height;
    turn.grow(std::max(e.bytes, twice ? 2 * pixel_bytes : 0),
              fmt::format("{} x {} pixels", e.width, e.height));
    return decoded(e.bytes);
  }
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
  const PickedPicture picture = load_picture(bytes, path, preprocessing, turn);
  const std::size_t width = picture.width;
  const std::size_t height = picture.height;
  const Image& seen = picture.parts.front();
  if (picture.parts.size() == 1) {
    facts.picture = {width, height, perceptual_hash(seen)};
    preprocess(seen, preprocessing, input);
  } else {
    facts.picture = {width, height,
                     perceptual_hash(picture.parts[1], width, height)};
    preprocess_picked(seen, width, height, preprocessing, input);
  }
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
